import { useState } from "react";

import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { wellFormed } from "../../lib/well-formed";
import { useRefused } from "./asked";

const words = text.folders.refused;

/** The files of a folder that could not be taken, each with its reason; asked for when it is opened. */
export function Refused({ path, number }: { readonly path: string; readonly number: number }) {
  const [open, setOpen] = useState(false);
  const refused = useRefused(path, open);
  const listed = refused.data?.pages.flatMap((page) => page.assets) ?? [];
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.title(number)}</summary>
      {refused.error ? <Wrong error={refused.error} again={() => void refused.refetch()} /> : null}
      <ul className="refused-files small">
        {open && refused.isPending ? <li className="blank" /> : null}
        {listed.map((asset) => (
          <li key={asset.path}>
            <span className="badge bad">{asset.reason}</span>{" "}
            <span className="wrap">{wellFormed(asset.path.slice(path.length + 1))}</span>
            <div className="quiet">{asset.detail}</div>
          </li>
        ))}
      </ul>
      {refused.hasNextPage ? <Button onPress={() => void refused.fetchNextPage()}>{words.more}</Button> : null}
    </details>
  );
}
