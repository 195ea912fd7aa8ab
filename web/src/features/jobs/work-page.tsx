import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { isOpen, useJobs, type Job } from "./asked";
import { Folders } from "./folders";
import { JobCard } from "./job-card";
import "./work.css";

const words = text.work;

/** What is being done and what was done, newest first. */
export function WorkPage() {
  const { pages, jobs } = useJobs();
  const open = jobs.filter(isOpen).sort((a, b) => order(a) - order(b));
  const ended = jobs.filter((job) => !isOpen(job));
  const isKnown = pages.isSuccess || jobs.length > 0;
  return (
    <div className="stack work">
      <h1>{words.title}</h1>
      {pages.error ? <Wrong error={pages.error} again={() => void pages.refetch()} /> : null}
      <section className="stack" aria-label={words.now}>
        <h2>{words.now}</h2>
        {isKnown ? null : <div className="blank card" />}
        {isKnown && open.length === 0 ? <p className="quiet">{words.idle}</p> : null}
        <JobList jobs={open} all={jobs} />
      </section>
      <Folders jobs={open} />
      <section className="stack" aria-label={words.history}>
        <h2>{words.history}</h2>
        {pages.isSuccess && ended.length === 0 ? <p className="quiet">{words.none}</p> : null}
        <JobList jobs={ended} all={jobs} />
        {pages.hasNextPage ? (
          <div>
            <Button isDisabled={pages.isFetchingNextPage} onPress={() => void pages.fetchNextPage()}>
              {words.older}
            </Button>
          </div>
        ) : null}
      </section>
    </div>
  );
}

/** What runs comes first, then what waits, then what is paused. */
const order = (job: Job): number => ["running", "queued", "paused"].indexOf(job.state);

const JobList = ({ jobs, all }: { readonly jobs: readonly Job[]; readonly all: readonly Job[] }) => (
  <ul className="jobs">
    {jobs.map((job) => (
      <li key={job.id}>
        <JobCard job={job} ahead={all.find((each) => each.id === job.behind)} />
      </li>
    ))}
  </ul>
);
