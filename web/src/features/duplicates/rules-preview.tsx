import type { components } from "../../api/schema.gen";
import { Thumbnail } from "../../components/thumbnail";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, count, folderOf, nameOf } from "../../lib/format";
import type { RulePreview } from "./rules-asked";

const words = text.rules;

interface Props {
  readonly preview: RulePreview | undefined;
  readonly error: Error | null;
  /** Whether what is shown was answered before the last change. */
  readonly isStale: boolean;
}

/** What the rules would change, as they are changed: numbers, and the first groups with their reasons. */
export function RulesPreview({ preview, error, isStale }: Props) {
  if (error) return <Wrong error={error} />;
  if (preview === undefined) return <div className="blank card tall" role="status" aria-label={words.looking} />;
  return (
    <section className="stack" aria-label={words.preview} aria-busy={isStale}>
      <div className="card stack" aria-live="polite">
        <p>
          <strong>{words.changed(preview.changed)}</strong> <small className="quiet">{lookedAt(preview)}</small>
        </p>
        <dl className="rules-numbers">
          <Number name={words.numbers.groups} value={count(preview.changed)} hint={shareOf(preview)} />
          <Number name={words.numbers.files} value={count(preview.files)} hint={words.before(count(preview.files_before))} />
          <Number name={words.numbers.bytes} value={bytes(preview.bytes)} hint={words.before(bytes(preview.bytes_before))} />
        </dl>
      </div>
      {preview.examples.length === 0 ? null : (
        <>
          <h2>{words.examples}</h2>
          <ul className="rules-examples">
            {preview.examples.map((each) => (
              <li key={each.group} className="card">
                <File says={words.kept} tone="" file={each.before} />
                <span aria-hidden="true">→</span>
                <File says={words.would} tone="good" file={each.after} />
                <p className="small quiet">{each.why}</p>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const lookedAt = ({ looked_at, groups }: RulePreview) =>
  looked_at < groups ? words.sample(looked_at, groups) : words.whole(groups);

const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

const shareOf = ({ changed, looked_at }: RulePreview) =>
  words.share(percent.format(looked_at === 0 ? 0 : changed / looked_at));

function Number({ name, value, hint }: { readonly name: string; readonly value: string; readonly hint: string }) {
  return (
    <div>
      <dt className="small quiet">{name}</dt>
      <dd>
        <strong>{value}</strong>
        <small className="quiet">{hint}</small>
      </dd>
    </div>
  );
}

interface FileProps {
  readonly says: string;
  readonly tone: "" | "good";
  readonly file: components["schemas"]["ComparedFile"];
}

function File({ says, tone, file }: FileProps) {
  return (
    <div className="planned-file small">
      <Thumbnail sha256={file.sha256} alt="" />
      <div>
        <span className={`badge ${tone}`}>{says}</span>
        <strong className="wrap">{nameOf(file.path)}</strong>
        <span className="quiet wrap">{folderOf(file.path)}</span>
        <span className="quiet">{words.facts(file.width, file.height, file.format, bytes(file.bytes))}</span>
      </div>
    </div>
  );
}
