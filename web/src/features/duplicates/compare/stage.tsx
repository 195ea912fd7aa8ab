import { useRef, type RefObject } from "react";

import { text } from "../../../config/text";
import { nameOf } from "../../../lib/format";
import { useContentSize, type ContentSize } from "../../../lib/use-content-size";
import type { GroupAsset } from "../asked";
import { fitted, inverse, moved, scaled, times, type Matrix } from "../geometry";
import { DifferenceLayer } from "./difference-layer";
import { Layer } from "./layer";
import type { View } from "./use-pan-zoom";

const words = text.compare;

export const ways = ["beside", "flick", "split", "difference"] as const;
export type Way = (typeof ways)[number];

interface Props {
  readonly stage: RefObject<HTMLDivElement | null>;
  readonly one: GroupAsset;
  readonly other: GroupAsset;
  readonly way: Way;
  readonly view: View;
  /** From shares of the first picture to shares of the second; null lays both whole into the frame. */
  readonly between: Matrix | null;
  readonly isFront: boolean;
  readonly amplified: number;
  readonly part: number;
  readonly onPart: (part: number) => void;
}

/** The pictures in their frames, in whichever way they are compared. */
export function Stage({ stage, one, other, way, view, between, isFront, amplified, part, onPart }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = useContentSize(frame, way) ?? unknown;
  const look = times(moved(width / 2, height / 2), times(scaled(view.scale, view.scale), moved(-view.x * width, -view.y * height)));
  const own = (asset: GroupAsset) => {
    const box = fitted(asset.width / asset.height, width, height);
    return times(look, times(moved(box.left, box.top), scaled(box.width, box.height)));
  };
  const first = own(one);
  const second = between === null ? own(other) : times(first, inverse(between));
  const layers = { one: <Layer key={`1${one.sha256}`} asset={one} matrix={first} scale={view.scale} />, other: <Layer key={`2${other.sha256}`} asset={other} matrix={second} scale={view.scale} /> };
  return (
    <div className={`compare-stage ${way}`} ref={stage} role="group" aria-label={words.stage}>
      <div className="frame" data-frame ref={frame}>
        {way === "beside" ? layers.one : null}
        {way === "flick" ? (
          <>
            <Layer key={`1${one.sha256}`} asset={one} matrix={first} scale={view.scale} isHidden={isFront} />
            <Layer key={`2${other.sha256}`} asset={other} matrix={second} scale={view.scale} isHidden={!isFront} />
            <p className="said small" role="status">
              {words.shows(nameOf((isFront ? other : one).path))}
            </p>
          </>
        ) : null}
        {way === "split" ? (
          <>
            <div className="half" style={{ clipPath: `inset(0 ${100 - part}% 0 0)` }}>
              {layers.one}
            </div>
            <div className="half" style={{ clipPath: `inset(0 0 0 ${part}%)` }}>
              {layers.other}
            </div>
            <div className="parting" style={{ left: `${part}%` }} />
          </>
        ) : null}
        {way === "difference" ? (
          <DifferenceLayer
            key={one.sha256 + other.sha256}
            one={one}
            other={other}
            between={between ?? alike}
            matrix={first}
            amplified={amplified}
          />
        ) : null}
      </div>
      {way === "beside" ? (
        <div className="frame" data-frame>
          {layers.other}
        </div>
      ) : null}
      {way === "split" ? (
        <input
          className="part"
          type="range"
          min={0}
          max={100}
          step={0.5}
          value={part}
          aria-label={words.split}
          onChange={(event) => onPart(Number(event.currentTarget.value))}
        />
      ) : null}
    </div>
  );
}

/** Before the frame is laid out. */
const unknown: ContentSize = { width: 800, height: 600 };

const alike: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];
