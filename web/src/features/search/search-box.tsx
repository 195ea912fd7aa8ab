import { useId, useState, type DragEvent, type KeyboardEvent } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import { useSuggestions, type Dropped, type Suggestion } from "./asked";

const words = text.search;

/** Suggestions that are shown at once. */
const MOST = 8;

interface Props {
  readonly q: string;
  readonly dropped: Dropped | null;
  readonly onAsk: (q: string) => void;
  readonly onDrop: (dropped: Dropped | null) => void;
}

/** A line to type in, with ways to go on; pictures are dropped on it, pasted into it or picked. */
export function SearchBox({ q, dropped, onAsk, onDrop }: Props) {
  const [typed, setTyped] = useState(q);
  const [cursor, setCursor] = useState(q.length);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const list = useId();
  const found = useSuggestions(typed, cursor, open && typed !== "");
  const suggestions = open ? (found.data?.suggestions ?? []).slice(0, MOST) : [];
  const take = (file: File | null | undefined) => {
    if (file?.type.startsWith("image/")) onDrop({ file, number: (dropped?.number ?? 0) + 1 });
  };
  const accept = (suggestion: Suggestion) => {
    setTyped(typed.slice(0, suggestion.start) + suggestion.text + typed.slice(suggestion.end));
    setCursor(suggestion.start + suggestion.text.length);
    setChosen(-1);
  };
  const press = (event: KeyboardEvent) => {
    const picked = suggestions[chosen];
    if (event.key === "ArrowDown") setChosen(Math.min(suggestions.length - 1, chosen + 1));
    else if (event.key === "ArrowUp") setChosen(Math.max(-1, chosen - 1));
    else if (event.key === "Escape") setOpen(false);
    else if ((event.key === "Enter" || event.key === "Tab") && picked !== undefined) accept(picked);
    else return;
    event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  return (
    <form
      className="search-box card"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        setOpen(false);
        onAsk(typed.trim());
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
      onPaste={(event) => take(event.clipboardData.files[0])}
    >
      {dropped === null ? null : <Shown key={dropped.number} dropped={dropped} onRemove={() => onDrop(null)} />}
      <div className="typing">
        <input
          type="search"
          value={typed}
          placeholder={words.placeholder}
          aria-label={words.label}
          role="combobox"
          aria-expanded={suggestions.length > 0}
          aria-controls={list}
          aria-activedescendant={chosen >= 0 ? `${list}-${chosen}` : undefined}
          autoComplete="off"
          spellCheck={false}
          onKeyDown={press}
          onBlur={() => setOpen(false)}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setCursor(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
            setOpen(true);
            setChosen(-1);
          }}
        />
        <ul id={list} role="listbox" aria-label={words.suggestions} hidden={suggestions.length === 0}>
          {suggestions.map((suggestion, index) => (
            <li
              key={`${suggestion.text}${suggestion.start}`}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === chosen}
              onMouseDown={(event) => {
                event.preventDefault();
                accept(suggestion);
              }}
            >
              <code>{suggestion.text}</code> <span className="quiet small">{suggestion.about}</span>
            </li>
          ))}
        </ul>
      </div>
      <label className="button">
        {words.picture}
        <input
          className="unseen"
          type="file"
          accept="image/*"
          onChange={(event) => take(event.currentTarget.files?.[0])}
        />
      </label>
      <Button kind="main" onPress={() => onAsk(typed.trim())}>
        {words.title}
      </Button>
    </form>
  );
}

function Shown({ dropped, onRemove }: { readonly dropped: Dropped; readonly onRemove: () => void }) {
  const [source] = useState(() => URL.createObjectURL(dropped.file));
  return (
    <span className="dropped">
      <img src={source} alt={dropped.file.name} onLoad={() => URL.revokeObjectURL(source)} />
      <Button kind="plain" onPress={onRemove} label={words.remove}>
        ×
      </Button>
    </span>
  );
}
