import { useState } from "react";

import { text } from "../../config/text";
import { placeholderUrl } from "../../lib/placeholder";
import { middleOf, sharperThan, type Sharpness } from "./sharpness";
import type { Picture } from "./source";
import type { Zoom } from "./use-zoom";
import type { Size } from "./zoom";

interface Props {
  readonly picture: Picture;
  readonly sha256: string | undefined;
  readonly sharpness: Sharpness | null;
  readonly alt: string;
  readonly fit: Size;
  readonly zoom: Zoom;
}

/**
 * One picture in layers, each sharper than the one below: placeholder, thumbnail, a middle size, and what the zoom
 * needs. All are named by the content, so none is ever of another picture.
 */
export function Photo({ picture, sha256, sharpness, alt, fit, zoom }: Props) {
  const { view, swiped } = zoom;
  const blurred = placeholderUrl(picture.placeholder);
  const needed = Math.max(fit.width, fit.height) * view.scale * window.devicePixelRatio;
  const sharper = sharpness === null ? null : sharperThan(sharpness, needed);
  const style = {
    width: `${fit.width}px`,
    height: `${fit.height}px`,
    transform: `translate(-50%, -50%) translate(${view.x + swiped}px, ${view.y}px) scale(${view.scale})`,
  };
  return (
    <div className={`photo ${blurred === null ? "blank" : ""}`} style={style}>
      {blurred === null ? null : <img src={blurred} alt="" draggable={false} />}
      {sha256 === undefined ? null : <Layers sha256={sha256} sharper={sharper} alt={alt} />}
    </div>
  );
}

interface LayersProps {
  readonly sha256: string;
  readonly sharper: string | null;
  readonly alt: string;
}

function Layers({ sha256, sharper, alt }: LayersProps) {
  // What was sharp stays over the rest, also when it is no longer needed.
  const [sharpest, setSharpest] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const wanted = sharper ?? sharpest;
  return (
    <>
      <img src={`/api/v1/contents/${sha256}/thumbnail`} alt="" draggable={false} />
      <Layer key={sha256} src={middleOf(sha256)} alt={alt} onFailed={() => setFailed(true)} />
      {sharpest === null || sharpest === wanted ? null : <Layer key={sharpest} src={sharpest} alt="" />}
      {wanted === null ? null : <Layer key={wanted} src={wanted} alt="" onLoaded={() => setSharpest(wanted)} />}
      {failed ? (
        <p className="failed" role="alert">
          {text.viewer.onlyThumbnail}
        </p>
      ) : null}
    </>
  );
}

interface LayerProps {
  readonly src: string;
  readonly alt: string;
  readonly onLoaded?: () => void;
  readonly onFailed?: () => void;
}

/** A picture that is seen when all of it is there; one that does not come leaves what is below it. */
function Layer({ src, alt, onLoaded, onFailed }: LayerProps) {
  const [state, setState] = useState<"waiting" | "there" | "failed">("waiting");
  if (state === "failed") return null;
  return (
    <img
      className={`layer ${state}`}
      src={src}
      alt={alt}
      decoding="async"
      draggable={false}
      onLoad={() => {
        setState("there");
        onLoaded?.();
      }}
      onError={() => {
        setState("failed");
        onFailed?.();
      }}
    />
  );
}
