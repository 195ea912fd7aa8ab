import { useCallback, useState } from "react";

/** A state that this browser remembers under a name; where it may not, it lasts as long as the page. */
export function useKept<Value extends string>(name: string, first: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => {
    try {
      return (localStorage.getItem(name) as Value | null) ?? first;
    } catch {
      return first;
    }
  });
  const keep = useCallback(
    (next: Value) => {
      setValue(next);
      try {
        localStorage.setItem(name, next);
      } catch {
        // A browser that forbids storage still shows the page.
      }
    },
    [name],
  );
  return [value, keep];
}
