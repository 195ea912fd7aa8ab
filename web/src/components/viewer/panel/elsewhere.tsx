import { text } from "../../../config/text";
import { moment } from "../../../lib/format";
import { useHistory, type Details, type History } from "../asked";
import { Section } from "./section";
import { Way } from "./way";

interface Props {
  readonly details: Details;
}

/** Copies of the file, its groups of duplicates, and what was done to it. */
export function Elsewhere({ details }: Props) {
  const { data } = useHistory(details.asset);
  return (
    <>
      {details.copies.length === 0 ? null : <Copies details={details} />}
      {data === undefined || data.groups.length === 0 ? null : <Groups groups={data.groups} />}
      {data === undefined || data.edits.length === 0 ? null : <Acts edits={data.edits} />}
    </>
  );
}

function Copies({ details: { copies, copies_count } }: Props) {
  const left = copies_count - copies.length;
  return (
    <Section title={text.viewer.copies}>
      <ul className="plain small">
        {copies.map((copy) => (
          <li key={copy.asset} className="breaks">
            {copy.path}
          </li>
        ))}
      </ul>
      {left > 0 ? <p className="small quiet">{text.viewer.more(left)}</p> : null}
    </Section>
  );
}

const Groups = ({ groups }: { readonly groups: History["groups"] }) => (
  <Section title={text.viewer.duplicates}>
    <ul className="plain">
      {groups.map((group) => (
        <li key={group.id}>
          <Way to={`/duplicates/${group.review}`} search={{ group: group.id }}>
            {text.viewer.group(tierName(group.tier), group.files)}
          </Way>{" "}
          {group.kept ? <span className="small quiet">{text.viewer.kept}</span> : null}
        </li>
      ))}
    </ul>
  </Section>
);

const Acts = ({ edits }: { readonly edits: History["edits"] }) => (
  <Section title={text.viewer.journal}>
    <ul className="plain small">
      {latest(edits).map((edit) => (
        <li key={edit.line}>
          <Way to="/journal">{text.viewer.act(text.viewer.verbs[edit.verb] ?? edit.verb, moment(edit.at))}</Way>{" "}
          <span className="quiet">{edit.event === "done" ? "" : (text.viewer.events[edit.event] ?? edit.event)}</span>
        </li>
      ))}
    </ul>
  </Section>
);

/** The last line of each act: those before it are its steps. */
const latest = (edits: History["edits"]) =>
  edits.filter(({ act, verb }, index) => edits.findIndex((edit) => edit.act === act && edit.verb === verb) === index);

const tierName = (tier: string): string =>
  (text.tiers as Readonly<Record<string, readonly [string, string]>>)[tier]?.[0] ?? tier;
