import { useState } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import { count } from "../../lib/format";
import { useTree, type Folder } from "./asked";
import { FolderLink, labelOf } from "./folder-link";

const words = text.folders;

interface Root extends Folder {
  readonly uploads: boolean;
}

interface Props {
  readonly roots: readonly Root[];
  readonly shown: string | undefined;
}

/** All folders as a tree, of which branches are asked for as they are opened. */
export function FolderTree({ roots, shown }: Props) {
  const [opened, setOpened] = useState<ReadonlyMap<string, boolean>>(new Map());
  const turn = (path: string, open: boolean) => setOpened(new Map(opened).set(path, open));
  const branch: Branch = { shown, opened, turn, first: roots[0]?.path ?? "" };
  return (
    <nav className="card tree" aria-label={words.tree}>
      <ul>
        {roots.map((root) => (
          <FolderRow key={root.path} folder={root} label={labelOf(root.path, true, root.uploads)} branch={branch} />
        ))}
      </ul>
    </nav>
  );
}

interface Branch {
  readonly shown: string | undefined;
  readonly opened: ReadonlyMap<string, boolean>;
  readonly turn: (path: string, open: boolean) => void;
  /** The first root, which is open from the begin. */
  readonly first: string;
}

interface RowProps {
  readonly folder: Folder;
  readonly label: string;
  readonly branch: Branch;
}

function FolderRow({ folder, label, branch }: RowProps) {
  const { path } = folder;
  const holds = branch.shown?.startsWith(`${path}/`) === true;
  const open = folder.folders > 0 && (branch.opened.get(path) ?? (holds || path === branch.first));
  return (
    <li>
      <div className="branch">
        {folder.folders === 0 ? (
          <span className="twig" />
        ) : (
          <button
            className={open ? "twig open" : "twig"}
            aria-expanded={open}
            aria-label={open ? words.collapse(label) : words.expand(label)}
            onClick={() => branch.turn(path, !open)}
          >
            <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
              <path d="M3 1l4 4-4 4" fill="none" stroke="currentColor" strokeWidth="1.6" />
            </svg>
          </button>
        )}
        <FolderLink path={path} current={path === branch.shown}>
          {label}
        </FolderLink>
        <span className="small quiet">{count(folder.pictures)}</span>
      </div>
      {open ? <Inside path={path} branch={branch} /> : null}
    </li>
  );
}

function Inside({ path, branch }: { readonly path: string; readonly branch: Branch }) {
  const tree = useTree(path);
  const listed = tree.data?.pages.flatMap((page) => page.folders) ?? [];
  return (
    <ul>
      {tree.isPending ? <li className="blank" /> : null}
      {listed.map((folder) => (
        <FolderRow key={folder.path} folder={folder} label={labelOf(folder.path)} branch={branch} />
      ))}
      {tree.hasNextPage ? (
        <li>
          <Button kind="plain" onPress={() => void tree.fetchNextPage()}>
            {words.more}
          </Button>
        </li>
      ) : null}
    </ul>
  );
}
