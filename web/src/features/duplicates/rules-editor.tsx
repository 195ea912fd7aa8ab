import { useMemo, useState } from "react";

import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { planOfGroups, type AskedOfGroups } from "../../components/plan/plan-asked";
import { PlanDialog } from "../../components/plan/plan-dialog";
import { text } from "../../config/text";
import { tiers, type Tier } from "./asked";
import { usePreview, type RuleList } from "./rules-asked";
import { RulesList } from "./rules-list";
import { read, usable, type EditedRule } from "./rules-order";
import { RulesPreview } from "./rules-preview";
import { RulesReferences } from "./rules-references";
import { RulesSaved } from "./rules-saved";

const words = text.rules;

interface Props {
  readonly review: string;
  readonly known: RuleList;
  readonly first: readonly string[];
  readonly protectedFolders: readonly string[];
}

/** The rules in their order, the folders that nothing is changed in, kept sets, and what would change. */
export function RulesEditor({ review, known, first, protectedFolders }: Props) {
  const [rules, setRules] = useState<readonly EditedRule[]>(() => first.map(read));
  const [references, setReferences] = useState<readonly string[]>([]);
  const [tier, setTier] = useState<Tier | "all">("all");
  const [verb, setVerb] = useState<keyof typeof words.verbs>("safe");
  const [asked, setAsked] = useState<AskedOfGroups | null>(null);
  const patterns = useMemo(() => new Map(known.known.map((rule) => [rule.name, rule.pattern])), [known]);
  const tried = usable(rules, patterns);
  const one = tier === "all" ? null : tier;
  const preview = usePreview(review, { rules: tried.length === 0 ? ["name"] : tried, references, tier: one });
  const apply = () =>
    setAsked({ review, tier: one ?? undefined, rules: tried, references, verb: verb === "safe" ? null : verb });
  return (
    <div className="rules">
      <div className="stack">
        <RulesList known={known} patterns={patterns} rules={rules} onChange={setRules} />
        <RulesReferences chosen={references} protectedFolders={protectedFolders} onChange={setReferences} />
        <RulesSaved
          sets={known.sets}
          current={{ rules: tried, references }}
          onUse={(set) => {
            setRules(set.rules.map(read));
            setReferences(set.references);
          }}
        />
      </div>
      <div className="stack">
        <section className="card stack" aria-label={words.applying}>
          <Choice
            label={words.tier}
            value={tier}
            onChange={setTier}
            options={[
              { value: "all", label: words.allTiers },
              ...tiers.map((value) => ({ value, label: text.tiers[value][0] })),
            ]}
          />
          <Choice
            label={words.verb}
            value={verb}
            onChange={setVerb}
            options={(Object.keys(words.verbs) as (keyof typeof words.verbs)[]).map((value) => ({
              value,
              label: words.verbs[value],
            }))}
          />
          <div>
            <Button kind="main" isDisabled={tried.length === 0} onPress={apply}>
              {words.apply}
            </Button>
          </div>
        </section>
        <RulesPreview preview={preview.data} error={preview.error} isStale={preview.isPlaceholderData} />
      </div>
      {asked === null ? null : (
        <PlanDialog id={JSON.stringify(asked)} ask={() => planOfGroups(asked)} onClose={() => setAsked(null)} />
      )}
    </div>
  );
}
