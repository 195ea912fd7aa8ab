import { Link } from "@tanstack/react-router";

import { Button } from "../../components/button";
import { WatchFolder } from "../../components/watch-folder";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { moment } from "../../lib/format";
import { useFolderState } from "../../lib/use-folder-state";
import { isOpen, useFolders, useIngest, type Job } from "./asked";

const words = text.work;

/** The folders of the library: when each was looked at, who watches it, and a way to look again. */
export function Folders({ jobs }: { readonly jobs: readonly Job[] }) {
  const folders = useFolders();
  const listed = folders.data?.folders ?? [];
  if (folders.error) return <Wrong error={folders.error} again={() => void folders.refetch()} />;
  if (listed.length === 0) return null;
  return (
    <section className="stack" aria-label={words.folders}>
      <div className="row apart">
        <h2>{words.folders}</h2>
        <Link to="/folders">{words.manage}</Link>
      </div>
      <ul className="job-folders card">
        {listed.map(({ path }) => (
          <Folder key={path} path={path} isBusy={jobs.some((job) => isOpen(job) && isAbout(job, path))} />
        ))}
      </ul>
    </section>
  );
}

const isAbout = (job: Job, path: string): boolean =>
  (job.kind === "ingest" || job.kind === "scan") && Array.isArray(job["folders"]) && job["folders"].includes(path);

function Folder({ path, isBusy }: { readonly path: string; readonly isBusy: boolean }) {
  const ingest = useIngest();
  const state = useFolderState(path);
  const { scanned_at: at = null, watched = null, doubt = null } = state.data ?? {};
  const act = isBusy ? words.updating : words.update;
  return (
    <li>
      <span>
        <span className="wrap">{path}</span>
        {state.data === undefined ? null : (
          <span className="small quiet">
            {at === null ? words.never : words.scanned(moment(at))} ·{" "}
            {watched === null ? words.unwatched : words.watched[watched.manner]}
          </span>
        )}
        {watched?.why ? <span className="small quiet wrap">{watched.why}</span> : null}
        {doubt === null ? null : <span className="small doubt wrap">{doubt}</span>}
      </span>
      {state.data === undefined ? null : <WatchFolder folder={path} isWatched={watched !== null} />}
      <Button isDisabled={isBusy || ingest.isPending} label={words.updateOf(act, path)} onPress={() => ingest.mutate(path)}>
        {act}
      </Button>
      {ingest.error ? <Wrong error={ingest.error} /> : null}
    </li>
  );
}
