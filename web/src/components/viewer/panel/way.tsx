import { defaultStringifySearch, useRouter } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";

interface Props {
  readonly to: string;
  readonly search?: Readonly<Record<string, string | number>>;
  readonly className?: string;
  readonly children: ReactNode;
}

/**
 * A link to a page of another feature. It is an address, not a route: the viewer lies below all features and
 * knows none of them.
 */
export function Way({ to, search = {}, className, children }: Props) {
  const { history } = useRouter();
  const address = `${to}${defaultStringifySearch(search)}`;
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    history.push(address);
  };
  return (
    <a href={address} onClick={follow} {...(className === undefined ? {} : { className })}>
      {children}
    </a>
  );
}
