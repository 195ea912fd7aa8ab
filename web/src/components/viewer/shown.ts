import type { Details } from "./asked";
import type { Sharpness } from "./sharpness";
import type { Picture } from "./source";
import type { Size } from "./zoom";

/** A picture's size in pixels; while it is not known, one of its form that fills the room. */
export function sizeOf(details: Details | undefined, picture: Picture | null | undefined, room: Size): Size {
  const content = details?.content;
  if (content != null) return { width: content.width, height: content.height };
  const ratio = picture?.ratio ?? room.width / room.height;
  const height = Math.max(room.height, room.width / ratio);
  return { width: height * ratio, height };
}

/** What is needed to choose how sharp a picture is sent; null while it is not known. */
export const sharpnessOf = (details: Details | undefined): Sharpness | null =>
  details?.content == null
    ? null
    : {
        asset: details.asset,
        sha256: details.content.sha256,
        size: { width: details.content.width, height: details.content.height },
        frames: details.content.frames,
        shown: details.content.shown,
      };
