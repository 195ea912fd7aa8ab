import { Heading } from "react-aria-components";

import { text } from "../../config/text";
import { Icon } from "./icons";
import { originalOf } from "./sharpness";
import { Tool } from "./tool";
import type { useFullScreen } from "./use-full-screen";
import type { Zoom } from "./use-zoom";

interface Props {
  readonly title: string;
  readonly place: string;
  readonly asset: number | undefined;
  readonly zoom: Zoom;
  /** How large the picture's pixels are on the screen, per cent. */
  readonly percent: number | null;
  readonly screen: ReturnType<typeof useFullScreen>;
  readonly isPanelOpen: boolean;
  readonly onPanel: () => void;
  readonly onTrash: (() => void) | null;
  readonly onClose: () => void;
}

/** What is looked at, and what can be done with it. */
export function Toolbar(props: Props) {
  const { title, place, asset, zoom, percent, screen, isPanelOpen, onPanel, onTrash, onClose } = props;
  return (
    <header className="viewer-bar">
      <Tool icon="close" label={text.viewer.close} onPress={onClose} />
      <div className="viewer-title" aria-live="polite">
        <Heading slot="title" level={2}>
          {title}
        </Heading>
        <p className="small quiet">
          {place}
        </p>
      </div>
      <div className="tools" role="group" aria-label={text.viewer.zoom}>
        <Tool icon="farther" label={text.viewer.farther} onPress={zoom.farther} disabled={!zoom.isZoomed} />
        <button type="button" className="tool percent" onClick={zoom.isZoomed ? zoom.fit : zoom.full}>
          <span className="quiet-name">{zoom.isZoomed ? text.viewer.fit : text.viewer.full}</span>
          {percent === null ? "" : text.viewer.percent(percent)}
        </button>
        <Tool icon="closer" label={text.viewer.closer} onPress={zoom.closer} />
      </div>
      <div className="tools">
        {screen.isOffered ? (
          <Tool
            icon={screen.isFull ? "shrink" : "whole"}
            label={text.viewer.fullScreen}
            pressed={screen.isFull}
            onPress={screen.toggle}
            className="screen"
          />
        ) : null}
        {asset === undefined ? null : (
          <a className="tool" href={`${originalOf(asset)}?download=1`} download title={text.viewer.download}>
            <span className="quiet-name">{text.viewer.download}</span>
            <Icon name="download" />
          </a>
        )}
        {onTrash === null ? null : <Tool icon="trash" label={text.viewer.trash} onPress={onTrash} />}
        <Tool icon="about" label={text.viewer.about} pressed={isPanelOpen} onPress={onPanel} />
      </div>
    </header>
  );
}
