import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useFolders, useIngest, useJobs } from "./asked";
import { JobCard } from "./job-card";
import "./work.css";

/** What is being done and what was done, newest first. */
export function WorkPage() {
  const jobs = useJobs();
  const listed = jobs.data?.pages.flatMap((page) => page.jobs) ?? [];
  return (
    <div className="stack work">
      <h1>{text.work.title}</h1>
      <Folders />
      {jobs.error ? <Wrong error={jobs.error} again={() => void jobs.refetch()} /> : null}
      {jobs.isSuccess && listed.length === 0 ? <p className="quiet">{text.work.none}</p> : null}
      <ul className="jobs">
        {listed.map((job) => (
          <li key={job.id}>
            <JobCard job={job} />
          </li>
        ))}
      </ul>
      {jobs.hasNextPage ? <Button onPress={() => void jobs.fetchNextPage()}>{text.work.older}</Button> : null}
    </div>
  );
}

function Folders() {
  const folders = useFolders();
  const ingest = useIngest();
  return (
    <section className="card stack" aria-label={text.work.folders}>
      {(folders.data?.folders ?? []).map((folder) => (
        <div key={folder.path} className="row apart">
          <span className="wrap">{folder.path}</span>
          <Button isDisabled={ingest.isPending} onPress={() => ingest.mutate(folder.path)}>
            {text.work.update}
          </Button>
        </div>
      ))}
      {ingest.error ? <Wrong error={ingest.error} /> : null}
    </section>
  );
}
