import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { Meter } from "../../components/meter";
import { text } from "../../config/text";
import { bytes, count } from "../../lib/format";
import { useLeft, type Tier } from "./asked";
import { ReviewFilters } from "./review-filters";
import { filtersSet, orders, without, type Mode, type Order, type View } from "./view";

const words = text.review;

interface Props {
  readonly review: string;
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly onKeys: () => void;
  readonly children: ReactNode;
}

/** What is left, by tier, and how it is listed. */
export function ReviewHead({ review, view, onView, onKeys, children }: Props) {
  const left = useLeft(review, true).data?.tiers ?? [];
  const [isOpen, setOpen] = useState(filtersSet(view) > 0);
  const sum = (of: "groups" | "open" | "open_bytes" | "won_bytes") => left.reduce((all, each) => all + each[of], 0);
  const decided = sum("groups") - sum("open");
  const mode = view.mode ?? "list";
  return (
    <header className="review-head">
      <div className="row apart">
        <h1>
          {text.duplicates.groupsLeft(sum("open"))}{" "}
          <small className="quiet">
            {bytes(sum("open_bytes"))} {text.duplicates.win}
          </small>
        </h1>
        <div className="row">{children}</div>
      </div>
      {decided === 0 ? null : (
        <div className="row small quiet so-far">
          <Meter label={words.soFar} done={decided} total={sum("groups")} />
          <span>{words.decidedOf(decided, sum("groups"))}</span>
          {sum("won_bytes") === 0 ? null : <Link to="/trash">{words.won(bytes(sum("won_bytes")))}</Link>}
        </div>
      )}
      <div className="tiers" role="group" aria-label={text.duplicates.kinds}>
        <button type="button" aria-pressed={view.tier === undefined} onClick={() => onView(without(view, "tier", "group"))}>
          {text.duplicates.all}
        </button>
        {left.map((each) => (
          <button
            key={each.tier}
            type="button"
            aria-pressed={view.tier === each.tier}
            onClick={() => onView({ ...without(view, "group"), tier: each.tier as Tier })}
          >
            {text.tiers[each.tier as Tier][0]} <span className="badge">{count(each.open)}</span>{" "}
            <span className="small quiet">{bytes(each.open_bytes)}</span>
          </button>
        ))}
      </div>
      <div className="row small tools">
        <Choice<Order>
          label={words.order}
          value={view.order ?? "evidence"}
          options={orders.map((order) => ({ value: order, label: words.orders[order] }))}
          onChange={(order) => onView({ ...view, order })}
        />
        <Choice<Mode>
          label={words.mode}
          hideLabel
          value={mode}
          options={[
            { value: "list", label: words.modes.list },
            { value: "overview", label: words.modes.overview },
          ]}
          onChange={(next) => onView({ ...view, mode: next })}
        />
        <Button onPress={() => setOpen(!isOpen)}>
          {words.filterCount(filtersSet(view))}
        </Button>
        <Button kind="plain" label={words.keysTitle} onPress={onKeys}>
          ?
        </Button>
      </div>
      {isOpen ? <ReviewFilters review={review} view={view} onView={onView} /> : null}
    </header>
  );
}
