import { useEffect, useEffectEvent, useState } from "react";

import { text } from "../../config/text";
import { moment } from "../../lib/format";
import { dropped, isMeant } from "./entries";

/** Pages that take pictures for something else, or nothing at all. */
const others = ["/search", "/sign-in"];

const isOurs = () => !others.some((path) => window.location.pathname.startsWith(path));

type Take = (given: readonly (FileSystemEntry | File)[]) => void;

/** Takes what is dropped anywhere on the page; whether something is being dragged over it. */
export function useDrop(take: Take): boolean {
  const [over, setOver] = useState(false);
  const taken = useEffectEvent(take);
  useEffect(() => {
    const bears = (event: DragEvent) => isOurs() && event.dataTransfer?.types.includes("Files") === true;
    const hover = (event: DragEvent) => {
      if (!bears(event) || event.defaultPrevented) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      // Only what leaves the window goes nowhere else.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!bears(event) || event.defaultPrevented || event.dataTransfer === null) return;
      event.preventDefault();
      taken(dropped(event.dataTransfer));
    };
    return listening({ dragenter: hover, dragover: hover, dragleave: leave, drop });
  }, []);
  return over;
}

/** Takes pictures that are pasted, but where words are being written. */
export function usePaste(take: Take): void {
  const taken = useEffectEvent(take);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      const writes = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]");
      if (!isOurs() || files.length === 0 || writes || event.defaultPrevented) return;
      event.preventDefault();
      taken(files.map(named));
    };
    return listening({ paste });
  }, []);
}

/** Opens the browser's own window for files or a folder; must be called from within a press. */
export function choose(folder: boolean, take: Take): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = folder;
  if (!folder) input.accept = "image/*,.heic,.heif,.avif,.jp2,.dng,.nef,.cr2,.cr3,.arw,.raf,.rw2,.orf,.pef,.xmp";
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    take(folder ? files.filter((file) => file.webkitRelativePath.split("/").slice(1).every(isMeant)) : files);
  });
  input.click();
}

/** Browsers call every pasted picture image.png. */
function named(file: File): File {
  if (file.name !== "image.png") return file;
  const name = text.adding.pasted(moment(Date.now() / 1000).replaceAll(/[/:]/g, "."), ".png");
  return new File([file], name, { type: file.type, lastModified: file.lastModified });
}

type Listeners = Partial<{ [Name in keyof WindowEventMap]: (event: WindowEventMap[Name]) => void }>;

function listening(listeners: Listeners): () => void {
  const pairs = Object.entries(listeners) as [string, EventListener][];
  for (const [name, listener] of pairs) window.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of pairs) window.removeEventListener(name, listener);
  };
}
