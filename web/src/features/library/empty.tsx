import { Link } from "@tanstack/react-router";

import { AddPictures } from "../../components/add-pictures";
import { text } from "../../config/text";
import { useIsBusy } from "../../lib/use-jobs";

const words = text.library.empty;

/** Where there is nothing yet: how pictures get here. */
export function Empty({ folder }: { readonly folder: string | undefined }) {
  const isBusy = useIsBusy("ingest", "scan");
  if (folder !== undefined)
    return (
      <div className="card stack nothing">
        <h1>{text.library.emptyFolder}</h1>
        <p className="quiet wrap">{folder}</p>
        <p>
          <Link to="/library">{text.library.all}</Link>
        </p>
      </div>
    );
  return (
    <div className="card stack nothing">
      <h1>{words.title}</h1>
      <p>{isBusy ? words.busy : words.words}</p>
      <div className="row">
        {isBusy ? null : <AddPictures kind="main" />}
        <Link to="/folders" className="button">
          {words.folder}
        </Link>
        {isBusy ? (
          <Link to="/work" className="button main">
            {words.work}
          </Link>
        ) : null}
      </div>
    </div>
  );
}
