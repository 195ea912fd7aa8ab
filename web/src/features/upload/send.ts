import { api, dataOf } from "../../api/client";
import { problemOf } from "../../api/problem";
import type { components, paths } from "../../api/schema.gen";
import { SIGNED_OUT } from "../../config/queries";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import { wellFormed } from "../../lib/well-formed";
import { isXmp } from "./belonging";
import type { Outcome, Send } from "./item";

const path = "/api/v1/uploads" satisfies keyof paths;

type Upload = components["schemas"]["Upload"];

type Terms = components["schemas"]["UploadTerms"];

/** Pause before a server that is away is asked again, milliseconds. */
const PAUSE = 1000;

/** Statuses under which every other file would fare the same: no key, no place, no room. */
const holding = [401, 403, 409, 507];

let terms: Promise<Terms | null> | undefined;

/** What the server takes, asked once; null while it does not say. */
const termsNow = () =>
  (terms ??= dataOf(api.GET(path)).catch(() => {
    terms = undefined;
    return null;
  }));

/** Sends a file as it is; `fetch` does not tell how much of a body has gone out, the older request does. */
export const send: Send = async (file, told, signal, of) => {
  const why = unwanted(file, of, await termsNow());
  if (why !== null) return { became: "refused", why, holds: false };
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const away = () => resolve({ became: "away", why: text.adding.away, after: PAUSE });
    request.upload.onprogress = ({ loaded }) => told(loaded);
    request.onload = () => resolve(outcomeOf(request));
    request.onerror = request.onabort = request.ontimeout = away;
    request.open("POST", `${path}?${new URLSearchParams({ ...about(file), ...(of === null ? {} : { of }) }).toString()}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    signal.addEventListener("abort", () => request.abort());
    if (signal.aborted) away();
    else request.send(file);
  });
};

/** Why a file is not worth sending, a sentence; null where it is. */
function unwanted(file: File, of: string | null, terms: Terms | null): string | null {
  const { name, size } = file;
  const suffix = /\.[^.]*$/.exec(name.toLowerCase())?.[0] ?? "";
  if (isXmp(file) && of === null) return text.adding.alone;
  if (suffix === ".json") return text.adding.notes;
  if (terms === null) return null;
  if (terms.videos.includes(suffix)) return text.adding.video;
  if (!isXmp(file) && terms.sidecars.includes(suffix)) return text.adding.belongs;
  return size > terms.max_bytes ? text.adding.tooLarge(bytes(terms.max_bytes)) : null;
}

const about = (file: File): Record<string, string> => ({
  name: wellFormed(file.name || "picture").slice(-1000),
  modified: String(file.lastModified / 1000),
});

function outcomeOf(request: XMLHttpRequest): Outcome {
  const { status } = request;
  const body = parsed(request.responseText);
  if (status === 200 || status === 201)
    return { became: status === 200 ? "known" : "added", sha256: (body as Upload).sha256 };
  const { message } = problemOf(status, body);
  if (status === 429 || status === 408 || (status >= 500 && status !== 507)) {
    const after = Number(request.getResponseHeader("retry-after-ms") ?? PAUSE);
    return { became: "away", why: message, after: Number.isFinite(after) ? after : PAUSE };
  }
  if (status === 401) window.dispatchEvent(new Event(SIGNED_OUT));
  return { became: "refused", why: message, holds: holding.includes(status) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
