import { Checks } from "../../components/checks";
import { text } from "../../config/text";
import { AddedFolders } from "./added-folders";

const words = text.duplicates;

interface Props {
  readonly folders: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Folders whose pictures are kept and never changed: of those that are searched, or any below them. */
export function ProtectedFolders({ folders, chosen, onChange }: Props) {
  const others = chosen.filter((folder) => !folders.includes(folder));
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
      <AddedFolders
        folders={others}
        offered={folders}
        onChange={(now) => onChange([...chosen.filter((folder) => folders.includes(folder)), ...now])}
      />
    </div>
  );
}
