import { useDeferredValue, useId, useState } from "react";

import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useIngest, usePlaces } from "./asked";

const words = text.folders.add;

/** A field that takes a folder of the server's in, completed with what is on its disks. */
export function AddFolder() {
  const [path, setPath] = useState("");
  const places = usePlaces(useDeferredValue(path));
  const ingest = useIngest();
  const id = useId();
  const take = () => ingest.mutate(path.trim());
  return (
    <section className="card stack" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{words.title}</h2>
      <p className="small quiet">
        {words.words} <code>{text.folders.command}</code>
      </p>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          take();
        }}
      >
        <label htmlFor={id}>{words.label}</label>
        <input
          id={id}
          className="button path"
          list={`${id}-places`}
          value={path}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            ingest.reset();
            setPath(event.currentTarget.value);
          }}
        />
        <datalist id={`${id}-places`}>
          {(places.data?.places ?? []).map((place) => (
            <option key={place} value={place} />
          ))}
        </datalist>
        <Button isDisabled={path.trim() === "" || ingest.isPending} onPress={take}>
          {words.act}
        </Button>
      </form>
      <p aria-live="polite" className="small">
        {ingest.isSuccess ? words.started : ""}
      </p>
      {ingest.error ? <Wrong error={ingest.error} /> : null}
    </section>
  );
}
