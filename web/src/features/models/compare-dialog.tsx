import { useState } from "react";

import { Dialog } from "../../components/dialog";
import { Thumbnail } from "../../components/thumbnail";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { nameOf } from "../../lib/format";
import { useComparison, type Comparison, type Index } from "./asked";

const words = text.models.comparing;

interface Props {
  readonly index: Index;
  readonly onClose: () => void;
}

/** Past searches answered by both models, side by side. */
export function CompareDialog({ index, onClose }: Props) {
  const [queries, setQueries] = useState<readonly string[]>([]);
  const compared = useComparison(index.name, queries);
  return (
    <Dialog title={words.title(index.model)} wide onClose={onClose}>
      <p className="quiet">{words.lead}</p>
      <Lines onAsk={setQueries} />
      {compared.isPending ? (
        <div className="stack" role="status">
          <p>{words.wait}</p>
          <div className="blank compared-blank" />
        </div>
      ) : null}
      {compared.error === null ? null : <Wrong error={compared.error} again={() => void compared.refetch()} />}
      {compared.data === undefined ? null : <Searches compared={compared.data} />}
    </Dialog>
  );
}

function Lines({ onAsk }: { readonly onAsk: (queries: readonly string[]) => void }) {
  const [typed, setTyped] = useState("");
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(typed.split("\n").map((line) => line.trim()).filter((line) => line !== ""));
      }}
    >
      <textarea
        className="button lines"
        rows={2}
        aria-label={words.try}
        placeholder={words.try}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <button type="submit" className="button">
        {words.again}
      </button>
    </form>
  );
}

const percent = (share: number) => Math.round(100 * share);

function Searches({ compared }: { readonly compared: Comparison }) {
  const answered = compared.searches.filter((search) => search.error === "");
  return (
    <>
      {compared.overlap === null || compared.agreement === null ? null : (
        <p>
          <strong>{words.shared(percent(compared.overlap))}</strong> · {words.order(percent(compared.agreement))}
        </p>
      )}
      {answered.length === 0 ? null : (
        <ul className="compared">
          {answered.map((search) => (
            <li key={search.text} className="stack">
              <h3>{search.text}</h3>
              <p className="small quiet">{words.shared(percent(search.overlap))}</p>
              <Hits name={words.now} hits={search.now} missing={words.gone} />
              <Hits name={words.then} hits={search.then} missing={words.fresh} />
            </li>
          ))}
        </ul>
      )}
      {[...new Set(compared.searches.map(({ error }) => error))].map((error) =>
        error === "" ? null : <Failed key={error} error={error} searches={compared.searches} />,
      )}
    </>
  );
}

/** Searches that could not be compared, for one reason. */
function Failed({ error, searches }: { readonly error: string; readonly searches: Comparison["searches"] }) {
  const lines = searches.filter((search) => search.error === error).map((search) => `“${search.text}”`);
  return (
    <div className="card small">
      <p>
        <strong>{words.failed}</strong> {error}
      </p>
      <p className="quiet">{lines.join(", ")}</p>
    </div>
  );
}

interface HitsProps {
  readonly name: string;
  readonly hits: Comparison["searches"][number]["now"];
  /** Said of a hit that the other side has not. */
  readonly missing: string;
}

function Hits({ name, hits, missing }: HitsProps) {
  return (
    <div className="compared-side">
      <span className="small quiet">{name}</span>
      <ol>
        {hits.map((hit) => (
          <li key={hit.asset} className={hit.other === null ? "alone" : ""}>
            {hit.sha256 === null ? (
              <div className="blank" />
            ) : (
              <Thumbnail sha256={hit.sha256} alt={`${words.rank(hit.rank)}: ${nameOf(hit.path ?? "")}`} />
            )}
            {hit.other === null ? <small>{missing}</small> : null}
          </li>
        ))}
      </ol>
    </div>
  );
}
