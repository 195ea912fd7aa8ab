import { Button } from "../../components/button";
import { text } from "../../config/text";
import { count } from "../../lib/format";
import type { Standing } from "./standing";

const words = text.game;

interface Props {
  readonly standing: Standing;
  readonly onRestart: () => void;
}

/** How a person does, kept by this browser. */
export function Score({ standing, onRestart }: Props) {
  return (
    <div className="row">
      <dl className="score" aria-live="polite">
        <div>
          <dt>{words.scoreLabel}</dt>
          <dd>{words.score(standing.right, standing.played)}</dd>
        </div>
        <div>
          <dt>{words.streak}</dt>
          <dd>{count(standing.row)}</dd>
        </div>
        <div>
          <dt>{words.best}</dt>
          <dd>{count(standing.best)}</dd>
        </div>
      </dl>
      {standing.played === 0 ? null : (
        <Button kind="plain" onPress={onRestart}>
          {words.restart}
        </Button>
      )}
    </div>
  );
}
