import { useState } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import type { LikePicture } from "./line";
import { PictureSource } from "./picture-source";
import { RegionDialog } from "./region-dialog";

const words = text.search;

/** Weights that are offered; the box takes any other. */
const WEIGHTS = ["0.5", "1", "2", "4"] as const;

interface Props {
  readonly pictures: readonly LikePicture[];
  readonly onChange: (pictures: readonly LikePicture[]) => void;
}

/** The pictures that are searched by: each liked or not, in whole or in part, and how much. */
export function Tray({ pictures, onChange }: Props) {
  const put = (index: number, next: LikePicture | null) =>
    onChange(next === null ? pictures.toSpliced(index, 1) : pictures.with(index, next));
  return (
    <ul className="tray" aria-label={words.pictures}>
      {pictures.map((picture, index) => (
        <li key={`${picture.name}${index}`} className={picture.weight < 0 ? "unlike" : ""}>
          <OnePicture picture={picture} number={index + 1} onChange={(next) => put(index, next)} />
        </li>
      ))}
    </ul>
  );
}

interface OneProps {
  readonly picture: LikePicture;
  readonly number: number;
  readonly onChange: (picture: LikePicture | null) => void;
}

function OnePicture({ picture, number, onChange }: OneProps) {
  const [isDrawing, setDrawing] = useState(false);
  const { region, weight } = picture;
  const size = String(Math.abs(weight));
  const name = words.pictureOf(number);
  return (
    <div role="group" aria-label={name} className="liked">
      <div className="shown">
        <PictureSource name={picture.name} side={256} alt={name} />
        {region === null ? null : (
          <span
            className="chosen-part"
            style={{
              left: `${region.left * 100}%`,
              top: `${region.top * 100}%`,
              width: `${region.width * 100}%`,
              height: `${region.height * 100}%`,
            }}
          />
        )}
      </div>
      <div className="how">
        <select
          className="button"
          aria-label={`${name}: ${words.weight}`}
          value={`${weight < 0 ? "-" : ""}${size}`}
          onChange={(event) => onChange({ ...picture, weight: Number(event.currentTarget.value) })}
        >
          {["", "-"].map((sign) => (
            <optgroup key={sign} label={sign === "" ? words.like : words.unlike}>
              {[...new Set([...WEIGHTS, size])].map((each) => (
                <option key={each} value={sign + each}>
                  {sign === "" ? words.like : words.unlike}
                  {each === "1" ? "" : ` · ${words.weights[each] ?? `× ${each}`}`}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <Button kind="plain" onPress={() => setDrawing(true)}>
          {region === null ? words.region : words.otherRegion}
        </Button>
        <Button kind="plain" onPress={() => onChange(null)} label={`${words.remove}: ${name}`}>
          ×
        </Button>
      </div>
      {isDrawing ? (
        <RegionDialog
          picture={picture}
          onClose={() => setDrawing(false)}
          onUse={(next) => {
            setDrawing(false);
            onChange({ ...picture, region: next });
          }}
        />
      ) : null}
    </div>
  );
}
