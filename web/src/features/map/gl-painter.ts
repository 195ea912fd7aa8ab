import { FAINT, LARGER, OPAQUE, type Painter, type Scene } from "./painter";

/** Colours that the shader has room for. */
const MOST_COLOURS = 16;

const VERTEX = `#version 300 es
uniform vec2 middle; uniform vec2 stretch; uniform float side; uniform bool standing; uniform vec3 palette[${MOST_COLOURS}];
in vec2 place; in uvec2 mark; out vec4 shade;
void main() {
  bool lit = mark.y == 1u;
  gl_Position = vec4((place - middle) * stretch, 0.0, 1.0);
  gl_PointSize = side * (lit ? ${LARGER} : 1.0);
  shade = vec4(palette[mark.x], standing && !lit ? ${FAINT} : ${OPAQUE});
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 shade; out vec4 colour;
void main() {
  float edge = smoothstep(1.0, 0.75, length(gl_PointCoord * 2.0 - 1.0));
  if (edge <= 0.0) discard;
  colour = vec4(shade.rgb, shade.a * edge);
}`;

/** Paints with WebGL: all points in one call, whatever is seen of them; null where the browser has none. */
export function glPainter(canvas: HTMLCanvasElement, places: Float32Array): Painter | null {
  const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, premultipliedAlpha: false });
  if (gl === null) return null;
  const count = places.length / 2;
  const marks = new Uint8Array(2 * count);
  let standing = false;
  let last: Scene | null = null;
  let program = prepared(gl, places, marks);
  let names = namesOf(gl, program);

  const draw = (scene: Scene) => {
    last = scene;
    if (program === null || gl.isContextLost()) return;
    const { view, size, ratio, palette, side } = scene;
    fit(canvas, size.width * ratio, size.height * ratio);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const at = (name: string) => names.get(name) ?? null;
    gl.uniform2f(at("middle"), view.x, view.y);
    gl.uniform2f(at("stretch"), (2 * view.scale) / size.width, (-2 * view.scale) / size.height);
    gl.uniform1f(at("side"), side * ratio);
    gl.uniform1i(at("standing"), standing ? 1 : 0);
    gl.uniform3fv(at("palette"), palette.flat().map((part) => part / 255));
    gl.drawArrays(gl.POINTS, 0, count);
  };
  const mark = (hues: Uint8Array, lit: Uint8Array | null) => {
    standing = lit !== null;
    for (let row = 0; row < count; row += 1) {
      marks[2 * row] = hues[row] ?? 0;
      marks[2 * row + 1] = lit?.[row] ?? 0;
    }
    gl.bufferData(gl.ARRAY_BUFFER, marks, gl.DYNAMIC_DRAW);
  };
  // A phone takes the graphics away from pages that are not looked at, and gives them back empty.
  const lost = (event: Event) => event.preventDefault();
  const restored = () => {
    program = prepared(gl, places, marks);
    names = namesOf(gl, program);
    if (last !== null) draw(last);
  };
  canvas.addEventListener("webglcontextlost", lost);
  canvas.addEventListener("webglcontextrestored", restored);
  const close = () => {
    canvas.removeEventListener("webglcontextlost", lost);
    canvas.removeEventListener("webglcontextrestored", restored);
  };
  return { mark, draw, close };
}

/** Gives the canvas as many pixels as it covers. */
export function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  const [wide, high] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
}

/** Hands places and marks to the graphics; the buffer of marks stays bound, so that they can be changed. */
function prepared(gl: WebGL2RenderingContext, places: Float32Array, marks: Uint8Array): WebGLProgram | null {
  const program = linkedOf(gl);
  if (program === null) return null;
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const place = gl.getAttribLocation(program, "place");
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
  const mark = gl.getAttribLocation(program, "mark");
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, marks, gl.DYNAMIC_DRAW);
  gl.enableVertexAttribArray(mark);
  gl.vertexAttribIPointer(mark, 2, gl.UNSIGNED_BYTE, 0, 0);
  return program;
}

/** What of the program is set with every drawing; to ask for a place each time would wait for the graphics. */
function namesOf(gl: WebGL2RenderingContext, program: WebGLProgram | null): ReadonlyMap<string, WebGLUniformLocation | null> {
  const names = program === null ? [] : ["middle", "stretch", "side", "standing", "palette"];
  return new Map(names.map((name) => [name, program === null ? null : gl.getUniformLocation(program, name)]));
}

function linkedOf(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null;
}
