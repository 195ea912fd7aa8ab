import { fit } from "./gl-painter";
import { FAINT, LARGER, OPAQUE, type Colour, type Painter, type Scene } from "./painter";
import { each, type Squares } from "./squares";
import { seen, toWindow } from "./view";

/** Points of one drawing; of more, every second, third … is left out, so that no drawing takes long. */
const MOST = 15_000;

/** Paints squares without WebGL: only what is in the window. */
export function flatPainter(canvas: HTMLCanvasElement, squares: Squares): Painter {
  const context = canvas.getContext("2d");
  let hues = new Uint8Array(squares.rows.length);
  let lit: Uint8Array | null = null;
  const draw = ({ view, size, ratio, palette, side }: Scene) => {
    if (context === null) return;
    fit(canvas, size.width * ratio, size.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    const area = seen(view, size);
    let count = 0;
    each(squares, area, () => {
      count += 1;
      return undefined;
    });
    const step = Math.ceil(count / MOST);
    each(squares, area, (row, x, y) => {
      const stands = lit?.[row] === 1;
      if (row % step !== 0 && !stands) return undefined;
      const at = toWindow(view, size, { x, y });
      const own = side * (stands ? LARGER : 1);
      context.fillStyle = written(palette[hues[row] ?? 0], lit === null || stands ? OPAQUE : FAINT);
      context.fillRect(at.x - own / 2, at.y - own / 2, own, own);
      return undefined;
    });
  };
  const mark = (given: Uint8Array, standing: Uint8Array | null) => {
    hues = Uint8Array.from(given);
    lit = standing;
  };
  return { mark, draw, close: () => undefined };
}

const written = ([red, green, blue]: Colour = [128, 128, 128], opacity: number): string =>
  `rgb(${red} ${green} ${blue} / ${opacity})`;
