import { useEffect, useRef, useState } from "react";

import { text } from "../../../config/text";
import type { GroupAsset } from "../asked";
import { css, type Matrix } from "../geometry";
import type { Answered, Asked } from "./difference.worker";
import { shrunk } from "./layer";

const words = text.compare;

interface Props {
  readonly one: GroupAsset;
  readonly other: GroupAsset;
  /** From shares of the first picture to shares of the second. */
  readonly between: Matrix;
  /** From shares of the first picture to pixels of the frame. */
  readonly matrix: Matrix;
  readonly amplified: number;
}

const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumSignificantDigits: 2 });

/** The distance of two pictures, computed in a worker in the frame of the first. */
export function DifferenceLayer({ one, other, between, matrix, amplified }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [answer, setAnswer] = useState<Answered | null>(null);
  useEffect(() => {
    const worker = new Worker(new URL("./difference.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent<Answered>) => setAnswer(event.data);
    worker.onerror = () => setAnswer({ failed: words.failed });
    const address = (asset: GroupAsset) => `/api/v1/contents/${asset.sha256}/picture?side=1600`;
    const asked: Asked = { one: address(one), other: address(other), matrix: between };
    worker.postMessage(asked);
    return () => worker.terminate();
  }, [one, other, between]);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || answer === null || !("picture" in answer)) return;
    element.width = answer.picture.width;
    element.height = answer.picture.height;
    element.getContext("2d")?.drawImage(answer.picture, 0, 0);
  }, [answer]);
  const says =
    answer === null ? words.computing : "failed" in answer ? words.failed : words.differing(percent.format(answer.share), answer.most);
  return (
    <div className="layer difference">
      <canvas ref={canvas} aria-label={says} role="img" style={{ transform: css(shrunk(matrix)), filter: `brightness(${amplified})` }} />
      <p className="said small" role="status">
        {says}
      </p>
    </div>
  );
}
