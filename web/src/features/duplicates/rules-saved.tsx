import { useState } from "react";

import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useForgetRules, useSaveRules, type RuleSet } from "./rules-asked";

const words = text.rules;

interface Props {
  readonly sets: readonly RuleSet[];
  readonly current: { readonly rules: readonly string[]; readonly references: readonly string[] };
  readonly onUse: (set: RuleSet) => void;
}

/** Sets of rules that are kept in the library by name. */
export function RulesSaved({ sets, current, onUse }: Props) {
  const save = useSaveRules();
  const forget = useForgetRules();
  const [name, setName] = useState("");
  const keep = () =>
    save.mutate(
      { name: name.trim(), rules: [...current.rules], references: [...current.references] },
      { onSuccess: () => setName("") },
    );
  const possible = name.trim() !== "" && current.rules.length > 0 && !save.isPending;
  return (
    <section className="card stack" aria-labelledby="rules-saved">
      <h2 id="rules-saved">{words.saved}</h2>
      {sets.length === 0 ? <p className="small quiet">{words.noneSaved}</p> : null}
      <ul className="references">
        {sets.map((set) => (
          <li key={set.name} className="row apart">
            <Button onPress={() => onUse(set)} label={words.use(set.name)}>
              {set.name}
            </Button>
            <Button kind="plain" isDisabled={forget.isPending} onPress={() => forget.mutate(set.name)} label={words.forget(set.name)}>
              ✕
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (possible) keep();
        }}
      >
        <input
          className="button grows"
          value={name}
          aria-label={words.saveAs}
          placeholder={words.saveAs}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
        />
        <Button isDisabled={!possible} onPress={keep}>
          {words.save}
        </Button>
      </form>
      {save.error ? <Wrong error={save.error} /> : null}
      <p className="unseen" role="status">
        {save.isSuccess ? words.keptAs(save.data.name) : ""}
      </p>
    </section>
  );
}
