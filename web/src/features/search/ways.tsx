import { useEffect, useRef } from "react";

import { text } from "../../config/text";
import type { Way } from "./use-completion";

const words = text.search;

interface Props {
  readonly id: string;
  readonly ways: readonly Way[];
  readonly chosen: number;
  readonly onTake: (way: Way) => void;
}

/** The list below the box: ways to go on, of which the box says the chosen one. */
export function Ways({ id, ways, chosen, onTake }: Props) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <>
      <ul ref={list} id={id} role="listbox" aria-label={words.suggestions} hidden={ways.length === 0}>
        {ways.map((way, index) => (
          <li
            key={way.text}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            // The box keeps the focus.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onTake(way)}
          >
            <code>{way.shown}</code> <span className="quiet small">{way.about ?? words.earlier}</span>
          </li>
        ))}
      </ul>
      <span className="unseen" role="status">
        {words.suggested(ways.length)}
      </span>
    </>
  );
}
