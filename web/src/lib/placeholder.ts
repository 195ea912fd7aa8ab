/**
 * The head of a bitmap of 4 × 3 pixels of 16 bits (565), rows from the top, in base64. Its 66 bytes are a multiple of
 * three, so that a placeholder's own 24 bytes follow as text and nothing is decoded here.
 */
const HEAD = "Qk1aAAAAAAAAAEIAAAAoAAAABAAAAP3///8BABAAAwAAABgAAAATCwAAEwsAAAAAAAAAAAAAAPgAAOAHAAAfAAAA";

/** What the server calls a placeholder: 24 bytes in base64. */
const FORM = /^[A-Za-z0-9+/]{32}$/;

/**
 * The address of a blurred picture that stands where a thumbnail will be, for `background-image` or `src`, to be
 * stretched over the whole box (`background-size: 100% 100%`); null where nothing is known of it.
 */
export const placeholderUrl = (text: string | null | undefined): string | null =>
  text !== null && text !== undefined && FORM.test(text) ? `data:image/bmp;base64,${HEAD}${text}` : null;
