import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { text } from "../../config/text";
import { nameOf } from "../../lib/format";
import { isWellFormed, wellFormed } from "../../lib/well-formed";

interface Props {
  readonly path: string;
  readonly current?: boolean;
  readonly children: ReactNode;
}

/** The way to a folder; one whose name is no Unicode has no address, and is only named. */
export function FolderLink({ path, current = false, children }: Props) {
  if (!isWellFormed(path)) return <span className="wrap">{children}</span>;
  return (
    <Link
      to="/folders"
      search={{ folder: path }}
      resetScroll={false}
      className="wrap"
      {...(current ? { "aria-current": "page" as const } : {})}
    >
      {children}
    </Link>
  );
}

/** What a folder is called: by its name, a root by its path, that of added pictures by what it is. */
export function labelOf(path: string, root = false, uploads = false): string {
  if (uploads) return text.folders.uploads;
  return wellFormed(root ? path : nameOf(path));
}
