import { Link } from "@tanstack/react-router";

import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { text } from "../../config/text";
import type { Choosing } from "./use-choosing";
import type { Density } from "./use-density";

interface Props {
  readonly name: string;
  readonly count: number;
  readonly folder: string | undefined;
  readonly density: Density;
  readonly onDensity: (density: Density) => void;
  readonly choosing: Choosing;
}

/** What is shown, how much of it, how large, and where choosing begins without a mouse. */
export function Toolbar({ name, count, folder, density, onDensity, choosing }: Props) {
  const words = text.library;
  return (
    <div className="library-bar">
      <h1 title={folder}>
        {name} <span className="quiet small">{words.total(count)}</span>
      </h1>
      {folder === undefined ? null : (
        <nav className="row small" aria-label={words.ways}>
          <Link to="/folders" search={{ folder }}>
            {words.folders}
          </Link>
          <Link to="/library">{words.all}</Link>
        </nav>
      )}
      <span className="spring" />
      {choosing.isOpen ? null : (
        <Button kind="plain" onPress={choosing.open}>
          {words.choosing.begin}
        </Button>
      )}
      <Choice
        label={words.density.label}
        hideLabel
        value={density}
        onChange={onDensity}
        options={[
          { value: "small", label: words.density.small },
          { value: "middle", label: words.density.middle },
          { value: "large", label: words.density.large },
        ]}
      />
    </div>
  );
}
