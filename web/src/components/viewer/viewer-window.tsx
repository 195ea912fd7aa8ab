import { useEffect, useEffectEvent, useRef } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";

import { text } from "../../config/text";
import { useKept } from "../../lib/kept";
import { useDetails, useNeighbours, usePicture } from "./asked";
import { altOf, titleOf } from "./facts";
import { useKeys, type Act } from "./keys";
import { Panel } from "./panel/panel";
import { Photo } from "./photo";
import { originalOf } from "./sharpness";
import { sizeOf, sharpnessOf } from "./shown";
import type { Picture } from "./source";
import { Tool } from "./tool";
import { Toolbar } from "./toolbar";
import { useFullScreen } from "./use-full-screen";
import { useRoom } from "./use-room";
import { useZoom, type Zoom } from "./use-zoom";
import type { ViewerProps } from "./viewer";
import { fullScale, limitsOf } from "./zoom";
import "./viewer.css";

/** The viewer itself; `Viewer` fetches it. */
export function ViewerWindow({ source, index: wanted, onMove, onSeen, onClose, onTrash }: ViewerProps) {
  const index = Math.max(0, Math.min(wanted, source.count - 1));
  const { picture, error: missing } = usePicture(source, index);
  const { data: details, error } = useDetails(picture?.asset);
  const frame = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const room = useRoom(stage);
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
  const zoom = useZoom({ room: stage, of: picture?.asset, limits, full, onSwipe: (by) => go(index + by) });
  const togglePanel = () => keepPanel(panel === "open" ? "closed" : "open");
  const trash = onTrash === undefined || picture == null ? null : () => onTrash(picture);
  const asset = picture?.asset;
  useNeighbours(source, index);
  useSeen(picture, onSeen);
  useEffect(() => stage.current?.focus(), []);
  useEffect(() => {
    if (source.count === 0) onClose();
  }, [source.count, onClose]);

  useKeys(frame, {
    ...zoomKeys(zoom),
    ArrowLeft: () => zoom.pan(1, 0) || go(index - 1),
    ArrowRight: () => zoom.pan(-1, 0) || go(index + 1),
    PageUp: () => go(index - 1),
    PageDown: () => go(index + 1),
    Home: () => go(0),
    End: () => go(source.count - 1),
    f: screen.toggle,
    i: togglePanel,
    d: () => download(asset),
    Delete: trash ?? (() => false),
  });

  const hash = picture?.sha256 ?? details?.content?.sha256;
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
                onPanel={togglePanel}
                onTrash={trash}
                onClose={onClose}
              />
              <div className={zoom.isZoomed ? "stage-frame zoomed" : "stage-frame"}>
                <div
                  ref={stage}
                  className={`viewer-stage ${zoom.isZoomed ? "zoomed" : ""}`}
                  tabIndex={0}
                  role="group"
                  aria-label={text.viewer.stage}
                  {...zoom.events}
                >
                  {picture == null ? (
                    <Nothing said={missing?.message ?? (picture === null ? text.viewer.gone : null)} />
                  ) : (
                    <Photo
                      key={picture.asset}
                      picture={picture}
                      sha256={hash}
                      sharpness={sharpnessOf(details)}
                      alt={altOf(details)}
                      fit={limits.fit}
                      zoom={zoom}
                    />
                  )}
                </div>
                {source.count > 1 ? <Sides index={index} count={source.count} onGo={go} /> : null}
              </div>
            </div>
            {panel === "open" ? <Panel details={details} error={error} onClose={togglePanel} /> : null}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Stands where a picture will be, or says why there is none. */
const Nothing = ({ said }: { readonly said: string | null }) =>
  said === null ? (
    <div className="blank viewer-waiting" />
  ) : (
    <p className="gone" role="alert">
      {said}
    </p>
  );

interface SidesProps {
  readonly index: number;
  readonly count: number;
  readonly onGo: (to: number) => boolean;
}

const Sides = ({ index, count, onGo }: SidesProps) => (
  <>
    <Tool
      icon="before"
      className="side before"
      label={text.viewer.before}
      disabled={index === 0}
      onPress={() => onGo(index - 1)}
    />
    <Tool
      icon="after"
      className="side after"
      label={text.viewer.after}
      disabled={index >= count - 1}
      onPress={() => onGo(index + 1)}
    />
  </>
);

const zoomKeys = (zoom: Zoom): Readonly<Record<string, Act>> => ({
  "+": zoom.closer,
  "=": zoom.closer,
  "-": zoom.farther,
  "0": zoom.fit,
  "1": zoom.full,
  ArrowUp: () => zoom.pan(0, 1),
  ArrowDown: () => zoom.pan(0, -1),
});

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

function download(asset: number | undefined) {
  if (asset === undefined) return;
  const link = document.createElement("a");
  link.href = `${originalOf(asset)}?download=1`;
  link.download = "";
  link.click();
}
