import { Thumbnail } from "../../components/thumbnail";
import { text } from "../../config/text";
import type { Nearness, Round, Verdict } from "./asked";
import { mean, spread } from "./standing";

const words = text.game;

interface Props {
  readonly round: Round;
  readonly verdict: Verdict;
  readonly guess: string;
}

/** How near each word is to each picture: why the model had that one in mind. */
export function Explanation({ round, verdict, guess }: Props) {
  if (verdict.nearness.length === 0) return null;
  const share = spread(verdict.nearness.map(({ cosines }) => cosines));
  const sorted = [...verdict.nearness].sort((a, b) => mean(b.cosines) - mean(a.cosines));
  return (
    <section className="card stack">
      <div>
        <h2 id="explained">{words.explained}</h2>
        <p className="small quiet">{words.explainedHint}</p>
      </div>
      <div className="explained-scroll" tabIndex={0} role="region" aria-labelledby="explained">
        <table className="explained">
          <thead>
            <tr>
              <td />
              <th scope="col">{words.mean}</th>
              {round.pictures.map((picture, number) => (
                <th key={picture.asset} scope="col">
                  <Thumbnail sha256={picture.sha256} alt={words.picture(number + 1)} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((near) => (
              <Line key={near.word} near={near} share={share} isMeant={near.word === verdict.word} isGuess={near.word === guess} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface LineProps {
  readonly near: Nearness;
  readonly share: (value: number) => number;
  readonly isMeant: boolean;
  readonly isGuess: boolean;
}

function Line({ near, share, isMeant, isGuess }: LineProps) {
  return (
    <tr className={isMeant ? "meant" : ""}>
      <th scope="row">
        {near.word}
        {isMeant ? <span className="badge good">{words.meant}</span> : null}
        {isGuess ? <span className="badge">{words.yours}</span> : null}
      </th>
      <td className="average">
        <Bar value={mean(near.cosines)} share={share} />
      </td>
      {near.cosines.map((cosine, number) => (
        <td key={number}>
          <Bar value={cosine} share={share} />
        </td>
      ))}
    </tr>
  );
}

function Bar({ value, share }: { readonly value: number; readonly share: (value: number) => number }) {
  return (
    <span className="nearness">
      <span aria-hidden="true" style={{ width: `${Math.round(100 * share(value))}%` }} />
      <small className="quiet">{value.toFixed(3)}</small>
    </span>
  );
}
