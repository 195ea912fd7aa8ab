/** A 3 × 3 matrix, row by row, over homogeneous coordinates. */
export type Matrix = readonly number[];

export const identity: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];

const cell = (matrix: Matrix, row: number, column: number) => matrix[row * 3 + column] ?? 0;

/** First `right`, then `left`. */
export const times = (left: Matrix, right: Matrix): Matrix =>
  Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return [0, 1, 2].reduce((sum, k) => sum + cell(left, row, k) * cell(right, k, column), 0);
  });

/** The matrix that takes back what another does; its scale is free, as that of every homography. */
export function inverse(m: Matrix): Matrix {
  const minor = (row: number, column: number) => {
    const [r, s] = [0, 1, 2].filter((each) => each !== row) as [number, number];
    const [c, d] = [0, 1, 2].filter((each) => each !== column) as [number, number];
    return cell(m, r, c) * cell(m, s, d) - cell(m, r, d) * cell(m, s, c);
  };
  const adjugate = Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return ((row + column) % 2 === 0 ? 1 : -1) * minor(column, row);
  });
  const last = adjugate[8] ?? 1;
  return Math.abs(last) < 1e-12 ? adjugate : adjugate.map((each) => each / last);
}

export const scaled = (x: number, y: number): Matrix => [x, 0, 0, 0, y, 0, 0, 0, 1];

export const moved = (x: number, y: number): Matrix => [1, 0, x, 0, 1, y, 0, 0, 1];

/** A point taken through a matrix. */
export function through(m: Matrix, x: number, y: number): readonly [number, number] {
  const depth = cell(m, 2, 0) * x + cell(m, 2, 1) * y + cell(m, 2, 2);
  return [
    (cell(m, 0, 0) * x + cell(m, 0, 1) * y + cell(m, 0, 2)) / depth,
    (cell(m, 1, 0) * x + cell(m, 1, 1) * y + cell(m, 1, 2)) / depth,
  ];
}

/** The matrix as a style, of an element whose origin is its upper left corner. */
export function css(m: Matrix): string {
  const [a, b, c, d, e, f, g, h, i] = m.map((each) => Number(each.toPrecision(9)));
  return `matrix3d(${[a, d, 0, g, b, e, 0, h, 0, 0, 1, 0, c, f, 0, i].join(",")})`;
}

/** By how many degrees clockwise, in quarters, a map from shares of one frame to shares of another turns, and whether it mirrors. */
export function geometry(matrix: Matrix, ratio: number, other: number) {
  const [x, y] = through(matrix, 0.5, 0.5);
  const [rightX, rightY] = through(matrix, 0.6, 0.5);
  const [downX, downY] = through(matrix, 0.5, 0.6);
  const across = [(rightX - x) * other, rightY - y] as const;
  const down = [(downX - x) * other * ratio, (downY - y) * ratio] as const;
  const mirrored = across[0] * down[1] - across[1] * down[0] < 0;
  // A mirrored picture is first mirrored left to right, then turned.
  const angle = (Math.atan2(across[1], across[0]) * 180) / Math.PI + (mirrored ? 180 : 0);
  return { turn: (Math.round(angle / 90) * 90 + 720) % 360, mirrored };
}

/** Width and height of a picture of some ratio that fits into a box, and where it lies in its middle. */
export function fitted(ratio: number, width: number, height: number) {
  const wide = width / Math.max(1, height) > ratio;
  const [w, h] = wide ? [height * ratio, height] : [width, width / ratio];
  return { left: (width - w) / 2, top: (height - h) / 2, width: w, height: h };
}
