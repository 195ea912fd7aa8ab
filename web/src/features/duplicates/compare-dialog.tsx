import { useEffect, useState, type PointerEvent, type WheelEvent } from "react";

import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { Dialog } from "../../components/dialog";
import { text } from "../../config/text";
import { bytes, nameOf } from "../../lib/format";
import type { Group, GroupAsset } from "./asked";
import { differences } from "./differences";

const words = text.duplicates;

type Way = "beside" | "flick" | "difference";

/** How the pictures lie in their frames: one for all, so that they are compared at the same place. */
interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const whole: View = { scale: 1, x: 0, y: 0 };

interface Props {
  readonly group: Group;
  readonly onClose: () => void;
  readonly onNext: () => void;
  readonly onPrevious: () => void;
}

/** Two pictures of a group with zoom and place locked to one another; arrows go on, Space flicks. */
export function CompareDialog({ group, onClose, onNext, onPrevious }: Props) {
  const [other, setOther] = useState(1);
  const [way, setWay] = useState<Way>("beside");
  const [front, setFront] = useState(false);
  const [view, setView] = useState(whole);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "ArrowRight") onNext();
      else if (event.key === "ArrowLeft") onPrevious();
      else if (event.key === " " && way === "flick") setFront((before) => !before);
      else if (event.key === "0") setView(whole);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [onNext, onPrevious, way]);
  const kept = group.assets[0];
  const against = group.assets[other];
  if (kept === undefined || against === undefined) return null;
  const frame = { view, onView: setView };
  return (
    <Dialog title={`${nameOf(kept.path)} · ${nameOf(against.path)}`} wide onClose={onClose}>
      <div className="row apart">
        <div className="row">
          {(["beside", "flick", "difference"] as const).map((each) => (
            <Button key={each} kind={each === way ? "main" : "ordinary"} onPress={() => setWay(each)}>
              {words[each]}
            </Button>
          ))}
          {way === "flick" ? <Button onPress={() => setFront(!front)}>{words.swap}</Button> : null}
          {group.assets.length > 2 ? (
            <Choice
              label={words.against}
              value={String(other)}
              onChange={(value) => setOther(Number(value))}
              options={group.assets.slice(1).map((asset, index) => ({
                value: String(index + 1),
                label: nameOf(asset.path),
              }))}
            />
          ) : null}
        </div>
        <span className="quiet small">{differences(kept, against).join(" · ")}</span>
      </div>
      {way === "beside" ? (
        <div className="compare">
          <Frame asset={kept} {...frame} />
          <Frame asset={against} {...frame} />
        </div>
      ) : (
        <div className="compare one">
          <Frame asset={front ? against : kept} {...frame} {...(way === "difference" ? { over: against } : {})} />
        </div>
      )}
    </Dialog>
  );
}

interface FrameProps {
  readonly asset: GroupAsset;
  readonly over?: GroupAsset;
  readonly view: View;
  readonly onView: (view: View) => void;
}

function Frame({ asset, over, view, onView }: FrameProps) {
  const zoom = (event: WheelEvent) => {
    const scale = Math.min(12, Math.max(1, view.scale * (event.deltaY < 0 ? 1.2 : 1 / 1.2)));
    onView(scale === 1 ? whole : { ...view, scale });
  };
  const drag = (event: PointerEvent) => {
    if (event.buttons === 1) onView({ ...view, x: view.x + event.movementX, y: view.y + event.movementY });
  };
  const transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  const source = (each: GroupAsset) => `/api/v1/contents/${each.sha256}/picture?side=1600`;
  return (
    <figure>
      <div className="frame" onWheel={zoom} onPointerMove={drag}>
        <img key={asset.sha256} src={source(asset)} alt={nameOf(asset.path)} style={{ transform }} draggable={false} />
        {over === undefined ? null : (
          <img className="over" src={source(over)} alt="" style={{ transform }} draggable={false} />
        )}
      </div>
      <figcaption className="small quiet">
        {asset.path} · {asset.width} × {asset.height} · {bytes(asset.bytes)}
      </figcaption>
    </figure>
  );
}
