import { useId, useRef } from "react";

import { text } from "../config/text";
import { askForPictures, type Choosing } from "../lib/adding";
import "./add-pictures.css";

const words = text.adding;

/** A button that adds pictures of this computer to the library: some files, or all of a folder. */
export function AddPictures({ kind = "ordinary" }: { readonly kind?: "main" | "ordinary" }) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const ask = (choosing: Choosing) => {
    menu.current?.hidePopover();
    askForPictures(choosing);
  };
  return (
    <span className="adding">
      <button className={`button ${kind} adder`} popoverTarget={id} aria-label={words.add}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d="M8 2v12M2 8h12" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
        </svg>
        <span>{words.add}</span>
      </button>
      <div id={id} popover="auto" className="card adding-menu" ref={menu}>
        <button className="button plain" onClick={() => ask("files")}>
          {words.files}
        </button>
        <button className="button plain" onClick={() => ask("folder")}>
          {words.folder}
        </button>
        <p className="small quiet">{words.hint}</p>
      </div>
    </span>
  );
}
