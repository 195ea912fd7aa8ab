import { getRouteApi } from "@tanstack/react-router";

import { AddPictures } from "../../components/add-pictures";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useJobEnded } from "../../lib/use-jobs";
import { AddFolder } from "./add-folder";
import { useAskAgain, useRoots } from "./asked";
import { FolderDetails } from "./folder-details";
import { FolderTree } from "./folder-tree";
import "./folders.css";

const words = text.folders;

const route = getRouteApi("/folders");

/** The folders of the library: what is in them, how they stand, and what can be done with them. */
export function FoldersPage() {
  const roots = useRoots();
  const { folder } = route.useSearch();
  useJobEnded(useAskAgain());
  if (roots.error) return <Wrong error={roots.error} again={() => void roots.refetch()} />;
  const listed = roots.data?.folders;
  const shown = folder ?? listed?.[0]?.path;
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      {listed?.length === 0 ? <NoFolders /> : null}
      {listed === undefined || listed.length > 0 ? (
        <div className="folders">
          {listed === undefined ? <div className="blank" /> : <FolderTree roots={listed} shown={shown} />}
          {shown === undefined ? <div className="blank" /> : <FolderDetails key={shown} path={shown} />}
        </div>
      ) : null}
      {listed !== undefined && listed.length > 0 ? <AddFolder /> : null}
    </div>
  );
}

function NoFolders() {
  return (
    <section className="card stack">
      <h2>{words.none.title}</h2>
      <p>
        {words.none.words} <code>{words.command}</code>
      </p>
      <div>
        <AddPictures kind="main" />
      </div>
    </section>
  );
}
