import { useId, useRef, useState, type ToggleEvent } from "react";

import { text } from "../../config/text";
import { nameOf } from "../../lib/format";
import type { Hit } from "./asked";
import { Why } from "./why";

const words = text.search;

/** Pixels between the card and the edges of the window, and between it and its button. */
const APART = 8;

/** Shows all that speaks for a hit, on a card that Escape or a press beside it closes. */
export function WhyButton({ hit }: { readonly hit: Hit }) {
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const toggle = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState === "open" && button.current !== null) place(event.currentTarget, button.current);
    setOpen(event.newState === "open");
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-expanded={isOpen}
        aria-label={`${words.why} ${nameOf(hit.path)}`}
        title={words.why}
      >
        ?
      </button>
      <div id={id} popover="auto" role="group" aria-label={words.why} className="why-card" onToggle={toggle}>
        {isOpen ? <Why hit={hit} /> : null}
      </div>
    </>
  );
}

/** Puts the card below the button, or above it where there is more room, within the window. */
function place(card: HTMLElement, button: HTMLElement) {
  const { left, top, bottom, width } = button.getBoundingClientRect();
  const most = window.innerWidth - card.offsetWidth - APART;
  card.style.left = `${Math.max(APART, Math.min(left + width / 2 - card.offsetWidth / 2, most))}px`;
  const isBelow = window.innerHeight - bottom >= top;
  card.style.top = isBelow ? `${bottom + APART}px` : "auto";
  card.style.bottom = isBelow ? "auto" : `${window.innerHeight - top + APART}px`;
  card.style.maxHeight = `${(isBelow ? window.innerHeight - bottom : top) - 2 * APART}px`;
}
