import { useState } from "react";

import { Button } from "../../components/button";
import { Checks } from "../../components/checks";
import { text } from "../../config/text";

const words = text.duplicates;

interface Props {
  readonly folders: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Folders whose pictures are kept and never changed: of those that are searched, or any below them. */
export function ProtectedFolders({ folders, chosen, onChange }: Props) {
  const [written, setWritten] = useState("");
  const others = chosen.filter((folder) => !folders.includes(folder));
  const add = () => {
    const folder = written.trim().replace(/(.)\/+$/, "$1");
    if (folder !== "" && !chosen.includes(folder)) onChange([...chosen, folder]);
    setWritten("");
  };
  return (
    <div className="stack">
      {folders.length < 2 ? (
        <strong>{words.protect}</strong>
      ) : (
        <Checks
          label={words.protect}
          chosen={chosen.filter((folder) => folders.includes(folder))}
          onChange={(now) => onChange([...now, ...others])}
          options={folders.map((folder) => ({ value: folder, label: folder }))}
        />
      )}
      <p className="small quiet">{words.protectHint}</p>
      <ul className="protected small">
        {others.map((folder) => (
          <li key={folder} className="row apart">
            <span className="wrap">{folder}</span>
            <Button kind="plain" label={words.protectRemove(folder)} onPress={() => onChange(chosen.filter((each) => each !== folder))}>
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
          aria-label={words.protectOther}
          placeholder={`${folders[0] ?? ""}/…`}
          onChange={(event) => setWritten(event.currentTarget.value)}
        />
        <Button isDisabled={written.trim() === ""} onPress={add}>
          {words.protectAdd}
        </Button>
      </form>
    </div>
  );
}
