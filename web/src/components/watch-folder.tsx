import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../api/client";
import { text } from "../config/text";
import "./watch-folder.css";
import { Wrong } from "./wrong";

const words = text.watching;

interface Props {
  /** One of the folders that the application was started with. */
  readonly folder: string;
  readonly isWatched: boolean;
}

/** Switches on and off that what changes in a folder is taken in as it changes. */
export function WatchFolder({ folder, isWatched }: Props) {
  const choose = useChoose(folder);
  const isOn = choose.isPending ? choose.variables : isWatched;
  return (
    <>
      <label className="row watch-folder">
        <input
          type="checkbox"
          role="switch"
          checked={isOn}
          aria-label={`${words.label}: ${folder}`}
          // It keeps the focus while it is asked, so it is not disabled.
          onChange={(event) => choose.isPending || choose.mutate(event.currentTarget.checked)}
        />
        <span>{words.label}</span>
      </label>
      {choose.error ? <Wrong error={choose.error} /> : null}
    </>
  );
}

function useChoose(folder: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (watched: boolean) => dataOf(api.PUT("/api/v1/folders/watched", { body: { folder, watched } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["folders", "state"] }),
  });
}
