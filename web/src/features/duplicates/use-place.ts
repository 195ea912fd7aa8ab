import { useEffect, useEffectEvent, useState } from "react";

import { placeOf, type Groups } from "./use-groups";
import type { Listing } from "./view";

/** Time without steps after which the address names the group, milliseconds: browsers bound how often it may change. */
const REST = 250;

interface Address {
  /** The group that the address names. */
  readonly named: string | undefined;
  readonly onName: (group: string) => void;
  /** Called where the listing does not have the group that is named. */
  readonly onMissing: () => void;
}

/** Keeps the address with the group that is looked at, and finds the place of the group that it named at first. */
export function usePlace(review: string, listing: Listing, groups: Groups, at: number, go: (index: number) => void, address: Address) {
  const { named } = address;
  const [isFound, setFound] = useState(named === undefined);
  const { asOf } = groups;

  const found = useEffectEvent((place: number | null) => {
    if (place === null) address.onMissing();
    else go(place);
    setFound(true);
  });
  const ask = useEffectEvent((line: number) =>
    named === undefined ? Promise.resolve() : placeOf(review, listing, line, named).then(found, () => found(null)),
  );
  useEffect(() => {
    if (asOf !== undefined) void ask(asOf);
  }, [asOf]);

  const name = useEffectEvent((group: string) => address.onName(group));
  const shown = isFound ? groups.at(at)?.id : undefined;
  useEffect(() => {
    if (shown === undefined || shown === named) return undefined;
    const timer = window.setTimeout(() => name(shown), REST);
    return () => window.clearTimeout(timer);
  }, [shown, named]);
}
