import { useEffect, useId, useRef, useState, type ReactNode } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import { SEARCH_BOX } from "../../lib/use-search-key";
import { useCompletion, type Way } from "./use-completion";
import { Ways } from "./ways";

const words = text.search;

interface Props {
  /** What of the search is typed; null while that is being found out, and what stands there stays. */
  readonly typed: string | null;
  readonly onAsk: (typed: string) => void;
  readonly onFiles: (files: readonly File[], typed: string) => void;
  readonly children: ReactNode;
}

/** A line to type in, with ways to go on; pictures are picked beside it. */
export function SearchBox({ typed: given, onAsk, onFiles, children }: Props) {
  const [typed, setTyped] = useState(given ?? "");
  const [last, setLast] = useState(given);
  const box = useRef<HTMLInputElement>(null);
  const list = useId();
  if (given !== null && given !== last) {
    setLast(given);
    setTyped(given);
  }
  const accept = (way: Way) => {
    setTyped(way.text);
    if (way.isWhole) onAsk(way.text);
    requestAnimationFrame(() => box.current?.setSelectionRange(way.cursor, way.cursor));
  };
  const { ways, chosen, press, ...completion } = useCompletion(typed, accept);
  useEffect(() => {
    // Whoever comes here without a question comes to ask one.
    if (given === "" && children === null) box.current?.focus();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the page is opened
  }, []);
  return (
    <form
      className="search-box"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        completion.close();
        onAsk(typed);
      }}
    >
      <div className="typing">
        {children}
        <input
          ref={box}
          id={SEARCH_BOX}
          type="text"
          inputMode="search"
          enterKeyHint="search"
          value={typed}
          placeholder={children === null ? words.placeholder : words.furtherPlaceholder}
          aria-label={words.label}
          role="combobox"
          aria-expanded={ways.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={ways[chosen] === undefined ? undefined : `${list}-${chosen}`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onKeyDown={(event) => press(event) && event.preventDefault()}
          onClick={completion.open}
          onBlur={completion.close}
          onChange={({ currentTarget: { value, selectionStart } }) => {
            setTyped(value);
            completion.typed(value, selectionStart ?? value.length);
          }}
        />
        {typed === "" ? null : (
          <Button kind="plain" label={words.clear} onPress={() => setTyped("")}>
            ×
          </Button>
        )}
        <Ways id={list} ways={ways} chosen={chosen} onTake={completion.take} />
      </div>
      <label className="button">
        {words.picture}
        <input
          className="unseen"
          type="file"
          accept="image/*"
          multiple
          onChange={({ currentTarget }) => {
            onFiles([...(currentTarget.files ?? [])], typed);
            currentTarget.value = "";
          }}
        />
      </label>
      <button type="submit" className="button main">
        {words.title}
      </button>
    </form>
  );
}
