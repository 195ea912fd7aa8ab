import { useId, useState } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import { useFolders } from "./asked";

const words = text.rules;

interface Props {
  readonly chosen: readonly string[];
  /** Those of the search, which stay. */
  readonly protectedFolders: readonly string[];
  readonly onChange: (folders: readonly string[]) => void;
}

/** Folders in which nothing is ever changed. */
export function RulesReferences({ chosen, protectedFolders, onChange }: Props) {
  const folders = useFolders();
  const [typed, setTyped] = useState("");
  const listId = useId();
  const folder = typed.trim();
  const add = () => {
    if (folder.startsWith("/") && !chosen.includes(folder)) onChange([...chosen, folder]);
    setTyped("");
  };
  return (
    <section className="card stack" aria-labelledby={`${listId}-title`}>
      <div>
        <h2 id={`${listId}-title`}>{words.references}</h2>
        <p className="small quiet">{words.referencesHint}</p>
      </div>
      <ul className="references">
        {protectedFolders.map((each) => (
          <li key={each}>
            <span className="wrap">{each}</span> <small className="quiet">{words.fromReview}</small>
          </li>
        ))}
        {chosen.map((each) => (
          <li key={each} className="row apart">
            <span className="wrap">{each}</span>
            <Button
              kind="plain"
              onPress={() => onChange(chosen.filter((other) => other !== each))}
              label={words.removeReference(each)}
            >
              ✕
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          className="button grows"
          value={typed}
          list={listId}
          aria-label={words.addReference}
          placeholder={folders.data?.folders[0]?.path ?? "/"}
          onChange={(event) => setTyped(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
        <datalist id={listId}>
          {(folders.data?.folders ?? []).map((each) => (
            <option key={each.path} value={each.path} />
          ))}
        </datalist>
        <Button isDisabled={!folder.startsWith("/")} onPress={add}>
          {words.addReference}
        </Button>
      </form>
    </section>
  );
}
