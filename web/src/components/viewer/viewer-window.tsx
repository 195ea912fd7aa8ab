import { useEffect, useEffectEvent, useRef } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";

import { text } from "../../config/text";
import { useKept } from "../../lib/kept";
import { useContentSize } from "../../lib/use-content-size";
import { useDetails, useNeighbours, usePicture } from "./asked";
import { titleOf } from "./facts";
import { Panel } from "./panel/panel";
import type { Picture, ViewerProps } from "./source";
import { Stage } from "./stage";
import { Toolbar } from "./toolbar";
import { useFocus } from "./use-focus";
import { useFullScreen } from "./use-full-screen";
import { useViewerKeys } from "./use-viewer-keys";
import { useZoom } from "./use-zoom";
import { sizeOf } from "./shown";
import { fullScale, limitsOf } from "./zoom";
import "./viewer.css";

/** The viewer itself; `Viewer` fetches it. */
export function ViewerWindow({ source, index: wanted, onMove, onSeen, onClose, onTrash }: ViewerProps) {
  const index = Math.max(0, Math.min(wanted, source.count - 1));
  const { picture, error: missing } = usePicture(source, index);
  const { data: details, error } = useDetails(picture?.asset);
  const frame = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const room = useContentSize(stage) ?? { width: window.innerWidth, height: window.innerHeight };
  const screen = useFullScreen();
  const [panel, keepPanel] = useKept<"open" | "closed">("pinakes.viewer.panel", "closed");
  const size = sizeOf(details, picture, room);
  const limits = limitsOf(size, room, window.devicePixelRatio);
  const full = fullScale(size, limits.fit, window.devicePixelRatio);
  const go = (to: number) => {
    if (to === index || to < 0 || to >= source.count) return false;
    onMove(to);
    return true;
  };
  const asset = picture?.asset;
  const zoom = useZoom({ room: stage, of: asset, limits, full, onSwipe: (to) => (to === "down" ? onClose() : go(index + to)) });
  const onPanel = () => keepPanel(panel === "open" ? "closed" : "open");
  const trash = onTrash === undefined || picture == null ? null : () => onTrash(picture);
  useNeighbours(source, index);
  useSeen(picture, onSeen);
  useFocus(stage, asset);
  useEmptied(source.count, onClose);
  useViewerKeys({ frame, asset, zoom, index, last: source.count - 1, onGo: go, screen, onPanel, onTrash: trash, onClose });

  return (
    <ModalOverlay className="viewer-overlay" isOpen onOpenChange={(open) => open || onClose()}>
      <Modal className="viewer-modal">
        <Dialog className="viewer-dialog">
          <div className={`viewer ${panel}`} ref={frame}>
            <div className="viewer-main">
              <Toolbar
                title={titleOf(details, picture)}
                place={source.count > 1 ? text.viewer.place(index + 1, source.count) : ""}
                asset={asset}
                zoom={zoom}
                percent={details?.content == null ? null : (100 * zoom.view.scale) / full}
                screen={screen}
                isPanelOpen={panel === "open"}
                onPanel={onPanel}
                onTrash={trash}
                onClose={onClose}
              />
              <Stage
                ref={stage}
                picture={picture}
                details={details}
                error={missing ?? error}
                fit={limits.fit}
                zoom={zoom}
                index={index}
                count={source.count}
                onGo={go}
              />
            </div>
            {panel === "open" ? <Panel details={details} error={error} onClose={onPanel} /> : null}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Tells who asked which picture is looked at, once for each. */
function useSeen(picture: Picture | null | undefined, onSeen: ViewerProps["onSeen"]) {
  const asset = picture?.asset;
  const seen = useEffectEvent(() => {
    if (picture != null) onSeen?.(picture);
  });
  useEffect(() => {
    if (asset !== undefined) seen();
  }, [asset]);
}

/** Closes when nothing is left to look at. */
function useEmptied(count: number, onClose: () => void) {
  const close = useEffectEvent(onClose);
  useEffect(() => {
    if (count === 0) close();
  }, [count]);
}
