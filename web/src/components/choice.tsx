interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface Props<Value extends string> {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  readonly onChange: (value: Value) => void;
}

/** One of a few, as the browser's own list: every keyboard, phone and reader knows it. */
export function Choice<Value extends string>({ label, hideLabel, value, options, onChange }: Props<Value>) {
  const list = (
    <select
      className="button"
      value={value}
      aria-label={label}
      onChange={(event) => onChange(event.currentTarget.value as Value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
  if (hideLabel) return list;
  return (
    <label className="row">
      <span>{label}</span>
      {list}
    </label>
  );
}
