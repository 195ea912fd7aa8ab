import { useId } from "react";

import { text } from "../../config/text";
import { AddedFolders } from "./added-folders";
import { useFolders } from "./asked";

const words = text.rules;

interface Props {
  readonly chosen: readonly string[];
  /** Those of the search, which stay. */
  readonly protectedFolders: readonly string[];
  readonly onChange: (folders: readonly string[]) => void;
}

/** Folders in which nothing is ever changed: those of the search, and others. */
export function RulesReferences({ chosen, protectedFolders, onChange }: Props) {
  const folders = useFolders();
  const title = useId();
  return (
    <section className="card stack" aria-labelledby={title}>
      <div>
        <h2 id={title}>{words.references}</h2>
        <p className="small quiet">{words.referencesHint}</p>
      </div>
      <ul className="references small">
        {protectedFolders.map((each) => (
          <li key={each}>
            <span className="wrap">{each}</span> <small className="quiet">{words.fromReview}</small>
          </li>
        ))}
      </ul>
      <AddedFolders folders={chosen} offered={(folders.data?.folders ?? []).map((each) => each.path)} onChange={onChange} />
    </section>
  );
}
