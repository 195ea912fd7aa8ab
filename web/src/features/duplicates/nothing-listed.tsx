import { Link } from "@tanstack/react-router";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import type { View } from "./view";

const words = text.duplicates;

interface Props {
  readonly view: View;
  readonly onView: (view: View) => void;
}

/** Stands where no group is listed: nothing passes the filters, or all of it is decided. */
export function NothingListed({ view, onView }: Props) {
  const { folder, keeper, format } = view;
  const isFiltered = [folder, keeper, format].some((each) => each !== undefined);
  return (
    <div className="card stack nothing">
      <h2>{isFiltered ? words.nothingListed : words.allDecided}</h2>
      {isFiltered ? null : <p className="quiet">{words.allDecidedHint}</p>}
      <div className="row">
        <Button onPress={() => onView(isFiltered ? {} : { standing: "all" })}>
          {isFiltered ? words.reset : text.review.standings.all}
        </Button>
        {isFiltered ? null : (
          <Link to="/trash" className="button">
            {words.trash}
          </Link>
        )}
      </div>
    </div>
  );
}
