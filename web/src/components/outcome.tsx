import type { ReactNode } from "react";

/** What came of a press whose button is gone: it gets the focus, so that keys still reach the window it is in. */
export function Outcome({ children }: { readonly children: ReactNode }) {
  return (
    <div className="stack outcome" role="status" tabIndex={-1} ref={focus}>
      {children}
    </div>
  );
}

const focus = (element: HTMLDivElement | null) => element?.focus({ preventScroll: true });
