import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import { isXmp } from "./belonging";

export type Terms = components["schemas"]["UploadTerms"];

let terms: Promise<Terms | null> | undefined;

/** What the server takes, asked once; null while it does not say. */
export const termsNow = () =>
  (terms ??= dataOf(api.GET("/api/v1/uploads")).catch(() => {
    terms = undefined;
    return null;
  }));

/** Why a file is not worth sending, a sentence; null where it is. */
export function unwanted(file: File, of: string | null, terms: Terms | null): string | null {
  const { name, size } = file;
  const suffix = /\.[^.]*$/.exec(name.toLowerCase())?.[0] ?? "";
  if (isXmp(file) && of === null) return text.adding.alone;
  if (suffix === ".json") return text.adding.notes;
  if (terms === null) return null;
  if (terms.videos.includes(suffix)) return text.adding.video;
  if (!isXmp(file) && terms.sidecars.includes(suffix)) return text.adding.belongs;
  return size > terms.max_bytes ? text.adding.tooLarge(bytes(terms.max_bytes)) : null;
}
