import { text } from "../../config/text";

/** Rows of boxes where pictures will be; `top` and `wanted`, the height of a row, are pixels. */
export const Waiting = ({ top, wanted }: { readonly top: number; readonly wanted: number }) => (
  <div className="waiting" style={{ top: `${top}px`, backgroundSize: `${wanted * 1.4}px ${wanted + 4}px` }}>
    <span className="unseen">{text.loading}</span>
  </div>
);
