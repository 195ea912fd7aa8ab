import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import { useFailures, useIndexes, useShelf, type Index, type Shelf } from "./asked";
import { picturesOf } from "./cost";
import { IndexCard } from "./index-card";
import { ModelCard } from "./model-card";
import "./models.css";

const words = text.models;

/** What models there are, what they take, and which one answers. */
export function ModelsPage() {
  const shelf = useShelf();
  const indexes = useIndexes();
  return (
    <div className="stack models">
      <div>
        <h1>{words.title}</h1>
        <p className="quiet">{words.lead}</p>
      </div>
      {shelf.error === null ? null : <Wrong error={shelf.error} again={() => void shelf.refetch()} />}
      {shelf.data === undefined ? null : <Place shelf={shelf.data} />}
      <section className="stack" aria-labelledby="indexes">
        <div>
          <h2 id="indexes">{words.indexes}</h2>
          <p className="small quiet">{words.indexesLead}</p>
        </div>
        {indexes.error === null ? null : <Wrong error={indexes.error} again={() => void indexes.refetch()} />}
        {indexes.data?.length === 0 ? <p className="quiet">{words.noIndex}</p> : null}
        <div className="index-list">
          {indexes.data === undefined ? <div className="blank index" /> : null}
          {ordered(indexes.data ?? []).map((index) => (
            <IndexCard key={index.name} index={index} />
          ))}
        </div>
      </section>
      {shelf.data === undefined ? <div className="blank model" /> : <Models shelf={shelf.data} indexes={indexes.data ?? []} />}
    </div>
  );
}

/** The index that answers first, then the one that did. */
const ordered = (indexes: readonly Index[]) => {
  const order = ["answering", "before", "beside"];
  return [...indexes].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.model.localeCompare(b.model));
};

/** Where models are served, and what to do where that is away. */
function Place({ shelf }: { readonly shelf: Shelf }) {
  const { state, detail, remedy, memory_bytes: memory } = shelf.inference;
  return (
    <div aria-live="polite">
      {state === "answering" ? (
        <p className="small quiet">
          {memory > 0 ? words.inUse(bytes(memory)) : ""} {words.room(bytes(shelf.free_bytes))}
        </p>
      ) : (
        <div className="card stack problem">
          <p>
            <strong>{state === "away" ? words.away : words.none}</strong>
          </p>
          <p className="small">
            {detail} {remedy}
          </p>
          {state === "away" ? <p className="small quiet">{words.awayAgain}</p> : null}
        </div>
      )}
    </div>
  );
}

function Models({ shelf, indexes }: { readonly shelf: Shelf; readonly indexes: readonly Index[] }) {
  const failures = useFailures();
  const pictures = picturesOf(indexes);
  const here = shelf.models.filter((model) => model.state !== "available");
  const known = shelf.models.filter((model) => model.state === "available");
  const cards = (models: Shelf["models"]) =>
    models.map((model) => {
      const own = indexes.filter((index) => index.model === model.name);
      const failed = failures.get(model.name);
      return (
        <ModelCard
          key={model.name}
          {...{ model, shelf, pictures }}
          answers={own.some((index) => index.state === "answering")}
          isIndexed={own.length > 0}
          error={failed === undefined ? null : new Error(`${failed.detail} ${failed.remedy}`)}
        />
      );
    });
  return (
    <>
      <section className="stack" aria-labelledby="here">
        <h2 id="here">{words.hereTitle}</h2>
        <div className="model-list">{cards(here)}</div>
      </section>
      <section className="stack" aria-labelledby="known">
        <div>
          <h2 id="known">{words.knownTitle}</h2>
          <p className="small quiet">
            {words.offlineHint} <code>{words.offline}</code>
          </p>
        </div>
        <div className="model-list">{cards(known)}</div>
      </section>
    </>
  );
}
