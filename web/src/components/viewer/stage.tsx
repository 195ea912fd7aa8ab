import type { Ref } from "react";

import { text } from "../../config/text";
import type { Details } from "./asked";
import { altOf } from "./facts";
import { Photo } from "./photo";
import { sharpnessOf } from "./shown";
import type { Picture } from "./source";
import { Tool } from "./tool";
import type { Zoom } from "./use-zoom";
import type { Size } from "./zoom";

interface Props {
  readonly ref: Ref<HTMLDivElement>;
  readonly picture: Picture | null | undefined;
  readonly details: Details | undefined;
  readonly error: Error | null;
  readonly fit: Size;
  readonly zoom: Zoom;
  readonly index: number;
  readonly count: number;
  readonly onGo: (to: number) => boolean;
}

/** Where the picture is, with the ways to its neighbours at the sides. */
export function Stage({ ref, picture, details, error, fit, zoom, index, count, onGo }: Props) {
  const sha256 = picture?.sha256 ?? details?.content?.sha256;
  const said = error?.message ?? whyNone(picture, details);
  const zoomed = zoom.isZoomed ? "zoomed" : "";
  return (
    <div className={`stage-frame ${zoomed}`}>
      <div
        ref={ref}
        className={`viewer-stage ${zoomed}`}
        tabIndex={0}
        role="group"
        aria-label={text.viewer.stage}
        {...zoom.events}
      >
        {picture == null || (sha256 === undefined && said !== null) ? (
          <Nothing said={said} />
        ) : (
          <Photo
            key={picture.asset}
            picture={picture}
            sha256={sha256}
            sharpness={sharpnessOf(details)}
            alt={altOf(details)}
            fit={fit}
            zoom={zoom}
          />
        )}
      </div>
      {count > 1 ? <Sides index={index} count={count} onGo={onGo} /> : null}
    </div>
  );
}

/** Why there is nothing to see; null where it may still come. */
function whyNone(picture: Props["picture"], details: Props["details"]): string | null {
  if (picture === null) return text.viewer.gone;
  return details?.content === null ? (details.detail ?? text.viewer.refused) : null;
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

const Sides = ({ index, count, onGo }: Pick<Props, "index" | "count" | "onGo">) => (
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
