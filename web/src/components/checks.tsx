interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

interface Props {
  readonly label: string;
  readonly options: readonly Option[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Any number of some options, each with a sentence of explanation. */
export function Checks({ label, options, chosen, onChange }: Props) {
  return (
    <fieldset className="checks">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...chosen, option.value]
                  : chosen.filter((value) => value !== option.value),
              )
            }
          />
          <span>
            {option.label}
            {option.hint === undefined ? null : <small className="quiet">{option.hint}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
