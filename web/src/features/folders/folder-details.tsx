import { Link } from "@tanstack/react-router";

import { Button } from "../../components/button";
import { Progress } from "../../components/progress";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import { isOpen, useLiveJobs, type Job } from "../../lib/use-jobs";
import { useFolderState } from "../../lib/use-folder-state";
import { isWellFormed } from "../../lib/well-formed";
import { useIngest, useRoots, useTree } from "./asked";
import { FolderLink, labelOf } from "./folder-link";
import { Preview } from "./preview";
import { Refused } from "./refused";
import { Standing } from "./standing";

const words = text.folders;

/** One folder: where it is, what is in it, how it stands, and what can be done with it. */
export function FolderDetails({ path }: { readonly path: string }) {
  const tree = useTree(path);
  const standing = useFolderState(path);
  const ingest = useIngest();
  const job = useWorkOn(path);
  const error = tree.error ?? standing.error;
  const page = tree.data?.pages[0];
  if (error) return <Wrong error={error} again={() => void tree.refetch()} />;
  if (page === undefined) return <div className="card blank folder" role="status" aria-label={text.loading} />;
  return (
    <section className="card stack folder" aria-labelledby="folder">
      <Where path={path} above={page.above} />
      <p className="quiet">
        {[
          words.pictures(page.folder.pictures),
          bytes(page.folder.bytes),
          ...(page.folder.folders > 0 ? [words.folders(page.folder.folders)] : []),
        ].join(" · ")}
      </p>
      {standing.data === undefined ? <div className="blank" /> : <Standing standing={standing.data} />}
      <div className="row">
        {page.folder.pictures > 0 && isWellFormed(path) ? (
          <Link to="/library" search={{ folder: path }} className="button main">
            {words.look}
          </Link>
        ) : null}
        <Button isDisabled={ingest.isPending || job !== undefined} onPress={() => ingest.mutate(path)}>
          {job === undefined ? words.update : words.updating}
        </Button>
      </div>
      {job?.state === "running" ? <Progress job={job} /> : null}
      {ingest.error ? <Wrong error={ingest.error} /> : null}
      <Preview path={path} />
      {standing.data !== undefined && standing.data.refused > 0 ? (
        <Refused path={path} number={standing.data.refused} />
      ) : null}
    </section>
  );
}

function Where({ path, above }: { readonly path: string; readonly above: readonly string[] }) {
  const uploads = useRoots().data?.folders.find((root) => root.uploads)?.path;
  const label = (each: string, root: boolean) => labelOf(each, root, each === uploads);
  return (
    <div>
      {above.length === 0 ? null : (
        <nav aria-label={words.where}>
          <ol className="crumbs small">
            {above.map((each, number) => (
              <li key={each}>
                <FolderLink path={each}>{label(each, number === 0)}</FolderLink>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <h2 id="folder" className="wrap">
        {label(path, above.length === 0)}
      </h2>
      {path === uploads ? <p className="small quiet wrap">{path}</p> : null}
    </div>
  );
}

/** The job that looks through a folder now, or is about to. */
function useWorkOn(path: string): Job | undefined {
  const { jobs } = useLiveJobs();
  return [...jobs.values()].find((job) => isOpen(job) && job.state !== "paused" && foldersOf(job).includes(path));
}

function foldersOf(job: Job): readonly unknown[] {
  const found: unknown = Reflect.get(job, "folders");
  return Array.isArray(found) ? found : [];
}
