import { useEffect, useEffectEvent, useState } from "react";

const isPicture = (file: File): boolean => file.type.startsWith("image/") || /\.(heic|heif|avif|jxl)$/iu.test(file.name);

/** Has pictures that are dropped anywhere on the page or pasted into it go to `take`; whether some are held over it. */
export function useDropped(take: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  const give = useEffectEvent((files: FileList | undefined): boolean => {
    const pictures = [...(files ?? [])].filter(isPicture);
    if (pictures.length > 0) take(pictures);
    return pictures.length > 0;
  });
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      give(event.dataTransfer?.files);
    };
    const paste = (event: ClipboardEvent) => {
      if (give(event.clipboardData?.files)) event.preventDefault();
    };
    const heard = new AbortController();
    const { signal } = heard;
    window.addEventListener("dragover", over, { signal });
    window.addEventListener("dragleave", left, { signal });
    window.addEventListener("drop", drop, { signal });
    window.addEventListener("paste", paste, { signal });
    return () => heard.abort();
  }, []);
  return isOver;
}
