import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useMemo, useState } from "react";

import { Button } from "../../components/button";
import { Said } from "../../components/said";
import { Thumbnail } from "../../components/thumbnail";
import type { Source } from "../../components/viewer/source";
import { useViewed } from "../../components/viewer/use-viewed";
import { Viewer } from "../../components/viewer/viewer";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useKept } from "../../lib/kept";
import { useGuess, useRound, type Round, type Verdict } from "./asked";
import { Explanation } from "./explanation";
import "./game.css";
import { Score } from "./score";
import { after, begun, standingOf } from "./standing";

const words = text.game;

/** Five pictures, four words: which one did the model have in mind? */
export function GamePage() {
  const [number, setNumber] = useState(0);
  const round = useRound(number);
  const [kept, keep] = useKept<string>("pinakes.game", "");
  const standing = standingOf(kept);
  return (
    <div className="stack game">
      <div className="row apart">
        <h1>{words.title}</h1>
        {round.error === null ? <Score standing={standing} onRestart={() => keep(JSON.stringify(begun))} /> : null}
      </div>
      <p className="quiet">{round.error === null ? `${words.lead} ${words.keys}` : words.what}</p>
      {round.error === null ? null : <NoGame error={round.error} again={() => void round.refetch()} />}
      {round.data === undefined && round.error === null ? <Dealing /> : null}
      {round.data === undefined ? null : (
        <Play
          key={round.data.token}
          round={round.data}
          onAnswer={(right) => keep(JSON.stringify(after(standing, right)))}
          onNext={() => setNumber(number + 1)}
        />
      )}
    </div>
  );
}

interface PlayProps {
  readonly round: Round;
  readonly onAnswer: (right: boolean) => void;
  readonly onNext: () => void;
}

function Play({ round, onAnswer, onNext }: PlayProps) {
  const guess = useGuess();
  const verdict = guess.data;
  const viewed = useViewed(useMemo(() => sourceOf(round), [round]));
  const answer = (word: string | undefined) => {
    if (word === undefined || guess.isPending || verdict !== undefined) return;
    guess.mutate({ token: round.token, word }, { onSuccess: (found) => onAnswer(found.right) });
  };
  useNumbers((number) => answer(round.words[number - 1]), verdict === undefined ? undefined : onNext);
  return (
    <>
      <ul className="dealt">
        {round.pictures.map((picture, number) => (
          <li key={picture.asset}>
            <button type="button" onClick={() => viewed.show(number, picture)}>
              <Thumbnail sha256={picture.sha256} alt={words.picture(number + 1)} />
            </button>
          </li>
        ))}
      </ul>
      {round.by === "regions" ? <p className="small quiet">{words.regions}</p> : null}
      <h2>{words.question}</h2>
      <div className="answers" role="group" aria-label={words.question}>
        {round.words.map((word, number) => (
          <Answer
            key={word}
            {...{ word, number, verdict }}
            isGuess={guess.variables?.word === word}
            isDisabled={guess.isPending || verdict !== undefined}
            onPress={() => answer(word)}
          />
        ))}
      </div>
      {guess.error === null ? null : <Wrong error={guess.error} again={onNext} />}
      <div className="row" aria-live="polite">
        {verdict === undefined ? null : (
          <strong className={verdict.right ? "is-right" : "is-wrong"}>
            {verdict.right ? words.right : words.wrong(verdict.word)}
          </strong>
        )}
        {verdict === undefined ? null : (
          <Button kind="main" onPress={onNext}>
            {words.next}
          </Button>
        )}
      </div>
      {verdict === undefined ? null : <Explanation round={round} verdict={verdict} guess={guess.variables.word} />}
      {viewed.open === null ? null : <Viewer {...viewed.open} />}
    </>
  );
}

interface AnswerProps {
  readonly word: string;
  readonly number: number;
  readonly verdict: Verdict | undefined;
  readonly isGuess: boolean;
  readonly isDisabled: boolean;
  readonly onPress: () => void;
}

function Answer({ word, number, verdict, isGuess, isDisabled, onPress }: AnswerProps) {
  const tone = verdict === undefined ? "" : word === verdict.word ? " was-meant" : isGuess ? " was-wrong" : "";
  return (
    <button type="button" className={`button answer${tone}`} aria-disabled={isDisabled} onClick={onPress}>
      <kbd aria-hidden="true">{number + 1}</kbd> {word}
    </button>
  );
}

function NoGame({ error, again }: { readonly error: Error; readonly again: () => void }) {
  return (
    <div className="card stack">
      <p>
        <strong>{words.needs}</strong> <Said>{error.message}</Said>
      </p>
      <div className="row">
        <Link to="/models" className="button main">
          {words.models}
        </Link>
        <Button onPress={again}>{text.again}</Button>
      </div>
    </div>
  );
}

const Dealing = () => (
  <div className="dealt" role="status" aria-label={words.loading}>
    {Array.from({ length: 5 }, (_, number) => (
      <div key={number} className="blank" />
    ))}
  </div>
);

/** Hears the keys 1 to 5, and Enter for what comes next, unless somebody writes or another thing has the key. */
function useNumbers(answer: (number: number) => void, next: (() => void) | undefined) {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target?.closest("input, select, textarea, [role='dialog']") != null) return;
    if (/^[1-5]$/.test(event.key)) answer(Number(event.key));
    else if (event.key === "Enter" && next !== undefined && target?.closest("a, button:not(.answer)") == null) next();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent) => pressed(event);
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, []);
}

const sourceOf = ({ pictures, token }: Round): Source => ({
  key: ["game", token],
  count: pictures.length,
  at: (index) => Promise.resolve(pictures[index] ?? null),
  peek: (index) => pictures[index],
  find: (asset) => {
    const place = pictures.findIndex((picture) => picture.asset === asset);
    return Promise.resolve(place < 0 ? null : place);
  },
});
