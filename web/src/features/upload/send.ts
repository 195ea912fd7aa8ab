import { problemOf } from "../../api/problem";
import type { components, paths } from "../../api/schema.gen";
import { SIGNED_OUT } from "../../config/queries";
import { text } from "../../config/text";
import { wellFormed } from "../../lib/well-formed";
import type { Outcome, Send } from "./item";
import { termsNow, unwanted } from "./terms";

const path = "/api/v1/uploads" satisfies keyof paths;

type Upload = components["schemas"]["Upload"];

/** Pause before a server that is away is asked again, milliseconds. */
const PAUSE = 1000;

/** Statuses under which every other file would fare the same: no key, no place, no room. */
const holding = [401, 403, 409, 507];

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

const about = (file: File): Record<string, string> => ({
  name: wellFormed(file.name || "picture").slice(-1000),
  modified: String(file.lastModified / 1000),
});

function outcomeOf(request: XMLHttpRequest): Outcome {
  const { status } = request;
  const body = parsed(request.responseText);
  // Something between may answer in the server's place; what is no answer of its own is no success.
  if ((status === 200 || status === 201) && body !== null)
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
