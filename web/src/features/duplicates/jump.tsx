import { useState } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";

const words = text.review;

interface Props {
  readonly at: number;
  readonly total: number;
  readonly onGo: (index: number) => void;
}

/** Where one is among all groups: a slider, and a number that can be written. */
export function Jump({ at, total, onGo }: Props) {
  const [written, setWritten] = useState<string | null>(null);
  const go = () => {
    const number = Number(written);
    if (written !== null && written !== "" && Number.isInteger(number)) onGo(Math.min(total, Math.max(1, number)) - 1);
    setWritten(null);
  };
  return (
    <form
      className="jump row small"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <Button kind="plain" label={words.previous} isDisabled={at === 0} onPress={() => onGo(at - 1)}>
        ←
      </Button>
      <input
        type="range"
        min={0}
        max={Math.max(0, total - 1)}
        value={at}
        aria-label={words.jump}
        aria-valuetext={words.position(at + 1, total)}
        onChange={(event) => onGo(Number(event.currentTarget.value))}
      />
      <input
        className="button"
        inputMode="numeric"
        aria-label={words.jump}
        size={Math.max(3, String(total).length)}
        value={written ?? String(at + 1)}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setWritten(event.currentTarget.value)}
        onBlur={go}
      />
      <span className="quiet">{words.ofTotal(total)}</span>
      <Button kind="plain" label={words.next} isDisabled={at >= total - 1} onPress={() => onGo(at + 1)}>
        →
      </Button>
    </form>
  );
}
