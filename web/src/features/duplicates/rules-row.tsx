import { useId } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import type { EditedRule } from "./rules-order";

const words = text.rules;

interface Props {
  readonly rule: EditedRule;
  readonly place: number;
  readonly isLast: boolean;
  readonly pattern: "none" | "optional" | "needed";
  readonly prefers: string;
  readonly formats: readonly string[];
  readonly isDragged: boolean;
  readonly onPattern: (pattern: string) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
  readonly onDragStart: () => void;
  readonly onDragOver: () => void;
  readonly onDragEnd: () => void;
}

/** One rule: what it prefers, its pattern, and its place in the order. */
export function RulesRow(props: Props) {
  const { rule, place, isLast, pattern, prefers, formats, isDragged } = props;
  const label = words.names[rule.name] ?? rule.name;
  const said = words.says[rule.name] ?? prefers;
  const formatsId = useId();
  return (
    <li
      className={isDragged ? "rule is-dragged" : "rule"}
      onDragOver={(event) => {
        event.preventDefault();
        props.onDragOver();
      }}
      onDrop={(event) => event.preventDefault()}
    >
      {/* The handle alone is dragged, so that a pattern can be selected; the buttons do the same by keyboard. */}
      <span
        className="rule-handle"
        draggable
        title={words.drag}
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = "move";
          event.dataTransfer.setData("text/plain", rule.name);
          props.onDragStart();
        }}
        onDragEnd={props.onDragEnd}
        aria-hidden="true"
      >
        ⠿
      </span>
      <div className="rule-said">
        <strong>{label}</strong>
        {said === "" ? null : <small className="quiet">{said}</small>}
        {pattern === "none" ? null : (
          <input
            className="button"
            value={rule.pattern}
            placeholder={words.hints[rule.name] ?? ""}
            aria-label={words.pattern(label)}
            aria-invalid={pattern === "needed" && rule.pattern.trim() === ""}
            onChange={(event) => props.onPattern(event.currentTarget.value)}
            spellCheck={false}
            autoComplete="off"
            {...(rule.name === "format" ? { list: formatsId } : {})}
          />
        )}
        {rule.name === "format" ? (
          <datalist id={formatsId}>
            {formats.map((format) => (
              <option key={format} value={format} />
            ))}
          </datalist>
        ) : null}
      </div>
      <div className="rule-acts">
        <Button kind="plain" isDisabled={place === 0} onPress={() => props.onMove(-1)} label={words.up(label)}>
          ↑
        </Button>
        <Button kind="plain" isDisabled={isLast} onPress={() => props.onMove(1)} label={words.down(label)}>
          ↓
        </Button>
        <Button kind="plain" onPress={props.onRemove} label={words.remove(label)}>
          ✕
        </Button>
      </div>
    </li>
  );
}
