import { useState } from "react";

import { text } from "../../../config/text";
import { Icon } from "../icons";

interface Props {
  readonly label: string;
  readonly value: string;
}

/** Copies a text, and says that it did. */
export function Copy({ label, value }: Props) {
  const [state, setState] = useState<"ready" | "copied" | "failed">("ready");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setState("copied");
    } catch {
      setState("failed");
    }
  };
  return (
    <span className="copy">
      <button type="button" className="tool small-tool" aria-label={label} title={label} onClick={() => void copy()}>
        <Icon name="copy" />
      </button>
      <span role="status" className="small quiet">
        {state === "ready" ? "" : state === "copied" ? text.viewer.copied : text.viewer.cannotCopy}
      </span>
    </span>
  );
}
