import { useState } from "react";

import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { text } from "../../config/text";
import type { RuleList } from "./rules-asked";
import { moved, read, type EditedRule, type Patterns } from "./rules-order";
import { RulesRow } from "./rules-row";

const words = text.rules;

interface Props {
  readonly known: RuleList;
  readonly patterns: Patterns;
  readonly rules: readonly EditedRule[];
  readonly onChange: (rules: readonly EditedRule[]) => void;
}

export const labelOf = (name: string): string => words.names[name] ?? name;

/** Rules in their order: dragged, or moved by buttons; what was moved is told to a reader. */
export function RulesList({ known, patterns, rules, onChange }: Props) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [told, setTold] = useState("");
  const move = (from: number, to: number) => {
    const rule = rules[from];
    if (rule === undefined || to < 0 || to >= rules.length || from === to) return;
    onChange(moved(rules, from, to));
    setTold(words.moved(labelOf(rule.name), to + 1, rules.length));
  };
  const remove = (index: number) => {
    setTold(words.removed(labelOf(rules[index]?.name ?? "")));
    onChange(rules.filter((_, each) => each !== index));
  };
  return (
    <section className="card stack" aria-labelledby="rules-order">
      <div className="row apart rules-heading">
        <h2 id="rules-order">{words.order}</h2>
        <Button kind="plain" onPress={() => onChange(known.default.map(read))}>
          {words.reset}
        </Button>
      </div>
      {rules.length === 0 ? <p className="quiet">{words.none}</p> : null}
      <ol className="rules-list">
        {rules.map((rule, index) => (
          <RulesRow
            key={rule.key}
            rule={rule}
            place={index}
            isLast={index === rules.length - 1}
            pattern={patterns.get(rule.name) ?? "none"}
            prefers={known.known.find((each) => each.name === rule.name)?.prefers ?? ""}
            formats={known.formats}
            isDragged={dragged === rule.key}
            onPattern={(pattern) => onChange(rules.map((each) => (each === rule ? { ...rule, pattern } : each)))}
            onMove={(by) => move(index, index + by)}
            onRemove={() => remove(index)}
            onDragStart={() => setDragged(rule.key)}
            onDragOver={() => {
              const from = rules.findIndex((each) => each.key === dragged);
              if (from >= 0) move(from, index);
            }}
            onDragEnd={() => setDragged(null)}
          />
        ))}
      </ol>
      <AddRule known={known} onAdd={(name) => onChange([...rules, read(name)])} />
      <p className="unseen" role="status">
        {told}
      </p>
    </section>
  );
}

function AddRule({ known, onAdd }: { readonly known: RuleList; readonly onAdd: (name: string) => void }) {
  const [name, setName] = useState(known.known[0]?.name ?? "");
  return (
    <div className="row">
      <Choice
        label={words.add}
        hideLabel
        value={name}
        onChange={setName}
        options={known.known.map((rule) => ({ value: rule.name, label: labelOf(rule.name) }))}
      />
      <Button onPress={() => onAdd(name)} label={`${words.addNow}: ${labelOf(name)}`}>
        {words.addNow}
      </Button>
    </div>
  );
}
