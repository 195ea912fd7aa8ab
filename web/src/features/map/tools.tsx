import { useState } from "react";

import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { text } from "../../config/text";
import type { ColouredBy } from "./colours";
import type { Mode } from "./use-gestures";

const words = text.map;

interface Props {
  readonly q: string;
  readonly by: ColouredBy;
  readonly mode: Mode;
  readonly onFind: (q: string) => void;
  readonly onColour: (by: ColouredBy) => void;
  readonly onMode: (mode: Mode) => void;
}

/** Enlargement of one press. */
const FACTOR = 1.5;

/** What can be done with the map: find, colour, choose. */
export function Tools({ q, by, mode, onFind, onColour, onMode }: Props) {
  return (
    <div className="map-tools row">
      <Find key={q} q={q} onFind={onFind} />
      <Choice label={words.colour} value={by} onChange={onColour} options={optionsOf(words.colours)} />
      <Choice label={words.mode} value={mode} onChange={onMode} options={optionsOf(words.modes)} />
    </div>
  );
}

interface ZoomProps {
  readonly onZoom: (factor: number) => void;
  readonly onWhole: () => void;
}

/** Goes nearer and away, for who has neither a wheel nor two fingers. */
export function Zoom({ onZoom, onWhole }: ZoomProps) {
  return (
    <div className="map-zoom">
      <Button label={words.zoomIn} onPress={() => onZoom(FACTOR)}>
        +
      </Button>
      <Button label={words.zoomOut} onPress={() => onZoom(1 / FACTOR)}>
        −
      </Button>
      <Button onPress={onWhole}>{words.whole}</Button>
    </div>
  );
}

function Find({ q, onFind }: Pick<Props, "q" | "onFind">) {
  const [typed, setTyped] = useState(q);
  return (
    <form
      role="search"
      className="find"
      onSubmit={(event) => {
        event.preventDefault();
        onFind(typed.trim());
      }}
    >
      <input
        type="search"
        className="button"
        aria-label={words.search}
        placeholder={words.searchHint}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          if (event.currentTarget.value === "") onFind("");
        }}
      />
      <button type="submit" className="button">
        {words.find}
      </button>
    </form>
  );
}

const optionsOf = <Value extends string>(labels: Readonly<Record<Value, string>>) =>
  (Object.entries(labels) as [Value, string][]).map(([value, label]) => ({ value, label }));
