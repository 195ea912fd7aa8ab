import { text } from "../config/text";

/** The pages that are always in sight, and those behind "More". */
export const pages = {
  main: [
    { to: "/library", label: text.pages.library },
    { to: "/folders", label: text.pages.folders },
    { to: "/duplicates", label: text.pages.duplicates },
    { to: "/search", label: text.pages.search },
    { to: "/map", label: text.pages.map },
    { to: "/work", label: text.pages.work },
  ],
  more: [
    { to: "/models", label: text.pages.models },
    { to: "/trash", label: text.pages.trash },
    { to: "/journal", label: text.pages.journal },
    { to: "/game", label: text.pages.game },
  ],
} as const;

/** What the page at a path is called. */
export function nameAt(path: string): string {
  const found = [...pages.main, ...pages.more].find(({ to }) => path === to || path.startsWith(`${to}/`));
  return found?.label ?? text.name;
}
