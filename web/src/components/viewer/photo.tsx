import { useState } from "react";

import { text } from "../../config/text";
import { placeholderUrl } from "../../lib/placeholder";
import { useRested } from "../../lib/use-rested";
import { middleOf, sharperThan, type Sharpness } from "./sharpness";
import type { Picture } from "./source";
import type { Zoom } from "./use-zoom";
import type { Size } from "./zoom";

/** Time that a zoom must rest before a sharper picture is asked for, milliseconds: each may cost the server seconds. */
const REST = 200;

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
  const sharper = useRested(sharpness === null ? null : sharperThan(sharpness, needed), REST);
  const style = {
    width: `${fit.width}px`,
    height: `${fit.height}px`,
    transform: `translate(-50%, -50%) translate(${view.x + swiped.x}px, ${view.y + swiped.y}px) scale(${view.scale})`,
  };
  const layers = useLayers(sharper);
  return (
    <>
      <div className={`photo ${blurred === null ? "blank" : ""}`} style={style}>
        {blurred === null ? null : <img src={blurred} alt="" draggable={false} />}
        {sha256 === undefined ? null : <Layers sha256={sha256} layers={layers} alt={alt} />}
      </div>
      <Said layers={layers} />
    </>
  );
}

/** Which layers there are above the middle one, and how they fare. */
function useLayers(sharper: string | null) {
  // What was sharp stays over the rest, also when it is no longer needed.
  const [sharpest, setSharpest] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  return { wanted: sharper ?? sharpest, sharpest, failed, setSharpest, setFailed };
}

type AllLayers = ReturnType<typeof useLayers>;

/** What stands for the middle layer where one says what failed. */
const MIDDLE = "middle";

interface LayersProps {
  readonly sha256: string;
  readonly layers: AllLayers;
  readonly alt: string;
}

function Layers({ sha256, layers: { wanted, sharpest, setSharpest, setFailed }, alt }: LayersProps) {
  return (
    <>
      <img src={`/api/v1/contents/${sha256}/thumbnail`} alt="" draggable={false} />
      <Layer key={sha256} src={middleOf(sha256)} alt={alt} onFailed={() => setFailed(MIDDLE)} />
      {sharpest === null || sharpest === wanted ? null : <Layer key={sharpest} src={sharpest} alt="" />}
      {wanted === null ? null : (
        <Layer
          key={wanted}
          src={wanted}
          alt=""
          onLoaded={() => setSharpest(wanted)}
          onFailed={() => setFailed((before) => (before === MIDDLE ? before : wanted))}
        />
      )}
    </>
  );
}

/** Says, over the picture, that a sharper one is on its way or does not come. */
function Said({ layers: { wanted, sharpest, failed } }: { readonly layers: AllLayers }) {
  const words = text.viewer;
  if (failed === MIDDLE && sharpest === null)
    return (
      <p className="said" role="alert">
        {words.onlyThumbnail}
      </p>
    );
  if (wanted === null || wanted === sharpest) return null;
  return (
    <p className={failed === wanted ? "said small" : "said small later"} role="status">
      {failed === wanted ? words.notSharper : words.sharpening}
    </p>
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
