/** Shapes that share their borders, as TopoJSON writes them: quantised, each border once. */
export interface Topology {
  readonly transform: { readonly scale: readonly number[]; readonly translate: readonly number[] };
  readonly arcs: readonly (readonly (readonly number[])[])[];
  readonly objects: { readonly land: { readonly geometries: readonly Shape[] } };
}

interface Shape {
  readonly type: string;
  /** Of a MultiPolygon: polygons, rings, numbers of arcs; `~n` is arc n backwards. */
  readonly arcs: readonly (readonly (readonly number[])[])[];
}

/** Degrees half around the world. */
const HALF = 180;

type Line = readonly (readonly [number, number])[];

/** The outlines of land as one path, and every border and coast as another, in degrees; north is up. */
export function pathsOf(topology: Topology): { readonly land: string; readonly borders: string } {
  const lines = topology.arcs.map((arc) => placed(arc, topology.transform));
  const rings = topology.objects.land.geometries.flatMap((shape) => shape.arcs.flat());
  const land = rings.map((ring) => `${path(ring.flatMap((number) => lineOf(lines, number)))}Z`);
  return { land: land.join(""), borders: lines.map(path).join("") };
}

function placed(arc: Topology["arcs"][number], { scale, translate }: Topology["transform"]): Line {
  let [x, y] = [0, 0];
  return arc.map(([right = 0, up = 0]) => {
    x += right;
    y += up;
    return [x * (scale[0] ?? 1) + (translate[0] ?? 0), y * (scale[1] ?? 1) + (translate[1] ?? 0)];
  });
}

const lineOf = (lines: readonly Line[], number: number): Line =>
  number < 0 ? [...(lines[~number] ?? [])].reverse() : (lines[number] ?? []);

/** A line that leaves the map at its edge goes on beyond it, instead of running back across the world. */
function path(line: Line): string {
  let turns = 0;
  let last = line[0]?.[0] ?? 0;
  const steps = line.map(([x, y], index) => {
    if (Math.abs(x - last) > HALF) turns -= Math.sign(x - last) * 2 * HALF;
    last = x;
    return `${index === 0 ? "M" : "L"}${(x + turns).toFixed(1)} ${(-y).toFixed(1)}`;
  });
  return steps.join("");
}
