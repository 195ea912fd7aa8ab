import { Link, useParams } from "@tanstack/react-router";

import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useReview, type ReviewState } from "./asked";
import { useRules, type RuleList } from "./rules-asked";
import { RulesEditor } from "./rules-editor";
import "./rules.css";

const words = text.rules;

/** Which file of a group is kept: rules put in order, with what they would change beside them. */
export function RulesPage() {
  const { review: name } = useParams({ from: "/duplicates/$review/rules" });
  const review = useReview(name);
  const rules = useRules();
  const error = review.error ?? rules.error;
  return (
    <div className="stack">
      <div>
        <p className="small">
          <Link to="/duplicates/$review" params={{ review: name }}>
            {words.back}
          </Link>
        </p>
        <h1>{words.title}</h1>
        <p className="quiet">{words.lead}</p>
      </div>
      {error ? <Wrong error={error} again={() => void Promise.all([review.refetch(), rules.refetch()])} /> : null}
      {review.data === undefined || rules.data === undefined ? (
        error ? null : <div className="blank card tall" role="status" aria-label={text.loading} />
      ) : (
        <RulesEditor
          review={name}
          known={rules.data}
          first={scopeOf(review.data, "rules", rules.data)}
          protectedFolders={scopeOf(review.data, "references", rules.data)}
        />
      )}
    </div>
  );
}

/** The rules or reference folders that the review was made with. */
function scopeOf(review: ReviewState, name: "rules" | "references", known: RuleList): readonly string[] {
  const said: unknown = review.scope?.[name];
  if (Array.isArray(said)) return said as string[];
  return name === "rules" ? known.default : [];
}
