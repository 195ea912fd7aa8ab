import { text } from "../../../config/text";
import type { Details } from "../asked";
import { Copy } from "./copy";

interface Props {
  readonly content: NonNullable<Details["content"]>;
}

/** Each field as it is stored, with the tag that told it. */
export function Everything({ content: { metadata, sources, sha256 } }: Props) {
  const fields = Object.entries(metadata).filter(([, value]) => value !== null);
  return (
    <details className="everything">
      <summary>{text.viewer.everything}</summary>
      <dl className="small">
        <dt>sha256</dt>
        <dd className="breaks">
          {sha256} <Copy label={text.viewer.copy} value={sha256} />
        </dd>
        {fields.map(([field, value]) => (
          <div key={field}>
            <dt title={sources[field]}>{field}</dt>
            <dd className="breaks">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
