import { through, type Matrix } from "../geometry";
import { distance, type Raster } from "./warp";

/** Two pictures by their addresses, and how the first lies on the second, in shares of both frames. */
export interface Asked {
  readonly one: string;
  readonly other: string;
  readonly matrix: Matrix;
}

/** Their distance as a picture, or why there is none. */
export type Answered =
  | { readonly picture: ImageBitmap; readonly share: number; readonly most: number }
  | { readonly failed: string };

const scope = self as unknown as { postMessage: (answer: Answered, transfer?: Transferable[]) => void; onmessage: unknown };

scope.onmessage = (event: MessageEvent<Asked>) => {
  compared(event.data).then(
    (answer) => scope.postMessage(answer, "picture" in answer ? [answer.picture] : []),
    (error: unknown) => scope.postMessage({ failed: String(error) }),
  );
};

async function compared({ one, other, matrix }: Asked): Promise<Answered> {
  const [first, second] = await Promise.all([loaded(one), loaded(other)]);
  // Where the second is coarser, the first is reduced as much: otherwise all fine detail would differ.
  const factor = Math.min(1, density(matrix, first, second));
  const found = distance(raster(first, factor), raster(second, Math.min(1, 1 / density(matrix, first, second))), matrix);
  const { data, width, height } = found.raster;
  return { picture: await createImageBitmap(new ImageData(data, width, height)), share: found.share, most: found.most };
}

async function loaded(address: string): Promise<ImageBitmap> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return createImageBitmap(await answer.blob());
}

/** Pixels of the second for each of the first, along a side, in the middle of the first. */
function density(matrix: Matrix, first: ImageBitmap, second: ImageBitmap): number {
  const [x, y] = through(matrix, 0.5, 0.5);
  const [u, v] = through(matrix, 0.51, 0.5);
  const apart = Math.hypot((u - x) * second.width, (v - y) * second.height);
  return apart / (0.01 * first.width);
}

function raster(picture: ImageBitmap, factor: number): Raster {
  const width = Math.max(1, Math.round(picture.width * factor));
  const height = Math.max(1, Math.round(picture.height * factor));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return { data, width, height };
}
