import type { Painter } from "./painter";
import type { Squares } from "./squares";

/** The best painter that the browser has. */
export async function painterFor(canvas: HTMLCanvasElement, squares: Squares): Promise<Painter> {
  const { glPainter } = await import("./gl-painter");
  const found = glPainter(canvas, squares.places);
  if (found !== null) return found;
  const { flatPainter } = await import("./flat-painter");
  return flatPainter(canvas, squares);
}
