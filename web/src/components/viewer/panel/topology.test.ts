import { expect, test } from "vitest";

import { pathsOf, type Topology } from "./topology";

/** Two squares side by side; the border between them is arc 0. */
const squares: Topology = {
  transform: { scale: [2, 1], translate: [10, 0] },
  arcs: [
    [
      [1, 0],
      [0, 1],
    ],
    [
      [1, 1],
      [-1, 0],
      [0, -1],
      [1, 0],
    ],
    [
      [1, 0],
      [1, 0],
      [0, 1],
      [-1, 0],
    ],
  ],
  objects: { land: { geometries: [{ type: "MultiPolygon", arcs: [[[0, 1]], [[2, ~0]]] }] } },
};

test("borders are in degrees, north is up, and each is drawn once", () => {
  const { borders } = pathsOf(squares);
  expect(borders.startsWith("M12.0 0.0L12.0 -1.0M12.0 -1.0L10.0 -1.0")).toBe(true);
  expect(borders.match(/M/g)).toHaveLength(3);
});

test("a line over the edge of the map goes on beyond it", () => {
  const arcs = [
    [
      [84, 5],
      [2, 0],
      [-178, 1],
      [1, 0],
    ],
  ];
  const { borders } = pathsOf({ ...squares, arcs, objects: { land: { geometries: [] } } });
  expect(borders).toBe("M178.0 -5.0L182.0 -5.0L186.0 -6.0L188.0 -6.0");
});

test("a ring follows its arcs, backwards where it says so", () => {
  const [first, second] = pathsOf(squares).land.split("Z");
  expect(first).toBe("M12.0 0.0L12.0 -1.0L12.0 -1.0L10.0 -1.0L10.0 0.0L12.0 0.0");
  expect(second).toBe("M12.0 0.0L14.0 0.0L14.0 -1.0L12.0 -1.0L12.0 -1.0L12.0 0.0");
});
