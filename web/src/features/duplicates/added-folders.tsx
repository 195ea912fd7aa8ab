import { useId, useState } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import "./added-folders.css";

const words = text.duplicates;

interface Props {
  readonly folders: readonly string[];
  /** Folders that are offered while one is written. */
  readonly offered: readonly string[];
  readonly onChange: (folders: readonly string[]) => void;
}

/** Folders that are written down one by one, each can be taken away again. */
export function AddedFolders({ folders, offered, onChange }: Props) {
  const [written, setWritten] = useState("");
  const list = useId();
  const folder = written.trim().replace(/(.)\/+$/, "$1");
  const isFolder = folder.startsWith("/");
  const add = () => {
    if (isFolder && !folders.includes(folder)) onChange([...folders, folder]);
    setWritten("");
  };
  return (
    <>
      <ul className="references small">
        {folders.map((each) => (
          <li key={each} className="row apart">
            <span className="wrap">{each}</span>
            <Button kind="plain" label={words.protectRemove(each)} onPress={() => onChange(folders.filter((other) => other !== each))}>
              ×
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
          className="field"
          value={written}
          list={list}
          aria-label={words.protectOther}
          aria-invalid={written.trim() !== "" && !isFolder}
          placeholder={`${offered[0] ?? ""}/…`}
          onChange={(event) => setWritten(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
        <datalist id={list}>
          {offered.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <Button isDisabled={!isFolder} onPress={add}>
          {words.protectAdd}
        </Button>
      </form>
    </>
  );
}
