import { useEffect, useEffectEvent, useRef, useState } from "react";

import { Button } from "../../../components/button";
import { Choice } from "../../../components/choice";
import { Dialog } from "../../../components/dialog";
import { text } from "../../../config/text";
import { bytes, nameOf } from "../../../lib/format";
import { useBeside, type Group, type GroupAsset } from "../asked";
import { DifferenceList } from "../difference-list";
import { differences } from "../differences";
import type { Stays } from "../marks";
import { Stage, ways, type Way } from "./stage";
import { panned, usePanZoom, whole, zoomed } from "./use-pan-zoom";
import "./compare.css";

const words = text.compare;

/** Factors by which differences are amplified. */
const AMPLIFIED = ["1", "2", "4", "8", "16", "32"] as const;

interface Props {
  readonly group: Group;
  readonly stays: Stays;
  readonly first: number;
  readonly onKeep: ((index: number) => void) | null;
  readonly onClose: () => void;
  readonly onStep: (by: number) => void;
}

/** Two files of a group with zoom and place locked to one another, and in words what differs. */
export function CompareDialog({ group, stays, first, onKeep, onClose, onStep }: Props) {
  const start = Math.max(0, group.assets.findIndex((asset) => asset.path === stays[0]));
  const [left, setLeft] = useState(start);
  const [right, setRight] = useState(first !== start && first < group.assets.length ? first : group.assets.findIndex((_, index) => index !== start));
  const [way, setWay] = useState<Way>("beside");
  const [isFront, setFront] = useState(false);
  const [isAligned, setAligned] = useState(true);
  const [amplified, setAmplified] = useState<(typeof AMPLIFIED)[number]>("8");
  const [part, setPart] = useState(50);
  const stage = useRef<HTMLDivElement>(null);
  const { view, setView } = usePanZoom(stage);
  const one = group.assets[left];
  const other = group.assets[right] ?? one;
  const beside = useBeside(one?.sha256 ?? "", other?.sha256 ?? "");
  const map = one?.sha256 === other?.sha256 ? null : (beside.data?.matrix ?? null);

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest("input, select")) return;
    const acts: Record<string, () => void> = {
      " ": () => setFront(!isFront),
      "+": () => setView(zoomed(view, 1.4)),
      "=": () => setView(zoomed(view, 1.4)),
      "-": () => setView(zoomed(view, 1 / 1.4)),
      "0": () => setView(whole),
      ArrowLeft: () => setView(panned(view, 0.1, 0)),
      ArrowRight: () => setView(panned(view, -0.1, 0)),
      ArrowUp: () => setView(panned(view, 0, 0.1)),
      ArrowDown: () => setView(panned(view, 0, -0.1)),
      j: () => onStep(1),
      k: () => onStep(-1),
      PageDown: () => onStep(1),
      PageUp: () => onStep(-1),
      a: () => setAligned(!isAligned),
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    // Space presses a button that has the focus, unless there is something to flick.
    if (act === undefined || (event.key === " " && way !== "flick")) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  useEffect(() => {
    const heard = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", heard, { capture: true });
    return () => window.removeEventListener("keydown", heard, { capture: true });
  }, []);

  if (one === undefined || other === undefined) return null;
  const names = group.assets.map((asset, index) => ({ value: String(index), label: `${index + 1} · ${nameOf(asset.path)}` }));
  return (
    <Dialog title={words.title(nameOf(one.path), nameOf(other.path))} wide onClose={onClose}>
      <div className="row apart small">
        <div className="row" role="group" aria-label={words.way}>
          {ways.map((each) => (
            <Button key={each} kind={each === way ? "main" : "ordinary"} onPress={() => setWay(each)}>
              {words.ways[each]}
            </Button>
          ))}
          {way === "flick" ? <Button onPress={() => setFront(!isFront)}>{words.swap}</Button> : null}
          {way === "difference" ? (
            <Choice
              label={words.amplify}
              value={amplified}
              onChange={setAmplified}
              options={AMPLIFIED.map((factor) => ({ value: factor, label: words.times(Number(factor)) }))}
            />
          ) : null}
          {map === null ? null : (
            <label className="row">
              <input type="checkbox" checked={isAligned} onChange={(event) => setAligned(event.currentTarget.checked)} />
              {words.aligned}
            </label>
          )}
        </div>
        <div className="row">
          <Button label={words.zoom.out} onPress={() => setView(zoomed(view, 1 / 1.4))}>
            −
          </Button>
          <Button label={words.zoom.in} onPress={() => setView(zoomed(view, 1.4))}>
            +
          </Button>
          <Button onPress={() => setView(whole)}>{words.zoom.fit}</Button>
          <Button label={words.previous} onPress={() => onStep(-1)}>
            ←
          </Button>
          <Button label={words.next} onPress={() => onStep(1)}>
            →
          </Button>
        </div>
      </div>
      <Stage
        stage={stage}
        one={one}
        other={other}
        way={way}
        view={view}
        between={isAligned ? map : null}
        isFront={isFront}
        amplified={Number(amplified)}
        part={part}
        onPart={setPart}
      />
      <div className="sides small">
        <Side label={words.one} asset={one} index={left} names={names} onChoose={setLeft} />
        <div>
          <strong>{words.what}</strong>
          <DifferenceList found={differences(one, other, beside.data)} />
          {beside.isSuccess && map === null && one.sha256 !== other.sha256 ? <p className="quiet">{words.noMap}</p> : null}
        </div>
        <Side label={words.other} asset={other} index={right} names={names} onChoose={setRight} />
      </div>
      <div className="row apart small">
        <p className="quiet">{words.keys}</p>
        {onKeep === null ? null : (
          <div className="row">
            <Button onPress={() => onKeep(left)}>{words.keepLeft}</Button>
            <Button onPress={() => onKeep(right)}>{words.keepOther}</Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}

interface SideProps {
  readonly label: string;
  readonly asset: GroupAsset;
  readonly index: number;
  readonly names: readonly { value: string; label: string }[];
  readonly onChoose: (index: number) => void;
}

function Side({ label, asset, index, names, onChoose }: SideProps) {
  return (
    <div>
      <Choice label={label} value={String(index)} options={names} onChange={(value) => onChoose(Number(value))} />
      <p className="quiet wrap">
        {asset.path}
        <br />
        {asset.width} × {asset.height} · {asset.format} · {bytes(asset.bytes)}
      </p>
    </div>
  );
}
