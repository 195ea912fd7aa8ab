import { useMutation } from "@tanstack/react-query";

import { api, dataOf } from "../api/client";
import { text } from "../config/text";
import { isOpen, liveJobs, type Job } from "../lib/use-jobs";
import { Button } from "./button";
import { Progress } from "./progress";
import { Wrong } from "./wrong";

const words = text.steered;

const acts = {
  pause: "/api/v1/jobs/{name}/pause",
  resume: "/api/v1/jobs/{name}/resume",
  cancel: "/api/v1/jobs/{name}/cancel",
} as const;

/** A job followed where it was begun: how far it is, and buttons that have it stop and go on. */
export function SteeredJob({ job }: { readonly job: Job }) {
  const steer = useMutation({
    mutationFn: (act: keyof typeof acts) => dataOf(api.POST(acts[act], { params: { path: { name: job.id } } })),
    onSuccess: (told) => liveJobs.put(told),
  });
  if (!isOpen(job)) return job.state === "cancelled" ? <p>{words.cancelled}</p> : null;
  const wait = job.waiting_for ?? (job.state === "queued" ? words.waiting : null);
  return (
    <div className="stack">
      <Progress job={job.state === "paused" ? { ...job, phase: words.paused } : job} />
      {wait === null ? null : <p className="small">{wait}</p>}
      <div className="row apart">
        <span className="small quiet">{words.elsewhere}</span>
        <span className="row">
          {job.state === "paused" ? (
            <Button isDisabled={steer.isPending} onPress={() => steer.mutate("resume")}>
              {words.resume}
            </Button>
          ) : (
            <Button isDisabled={steer.isPending} onPress={() => steer.mutate("pause")}>
              {words.pause}
            </Button>
          )}
          <Button isDisabled={steer.isPending} onPress={() => steer.mutate("cancel")}>
            {words.cancel}
          </Button>
        </span>
      </div>
      {steer.error ? <Wrong error={steer.error} /> : null}
    </div>
  );
}
