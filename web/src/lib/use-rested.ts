import { useEffect, useState } from "react";

/** A value that is what it is now, once it has not changed for a time in milliseconds; the first one counts at once. */
export function useRested<Value>(value: Value, rest: number): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const waiting = window.setTimeout(() => setRested(value), rest);
    return () => window.clearTimeout(waiting);
  }, [value, rest]);
  return rested;
}
