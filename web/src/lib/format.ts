const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** 1536000 → "1.5 MB". */
export function bytes(count: number): string {
  let value = count;
  let step = 0;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step] ?? ""}`;
}

export { count, counted } from "../config/text/numbers";

/** 75 → "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Unix seconds as a moment of the reader's clock. */
export const moment = (seconds: number): string => moments.format(new Date(seconds * 1000));

const days = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeZone: "UTC" });

/** The day of a picture: its time is kept as the camera's clock showed it. */
export const day = (seconds: number): string => days.format(new Date(seconds * 1000));

const months = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric", timeZone: "UTC" });

/** "2019-07" → "July 2019". */
export const month = (name: string): string => months.format(new Date(`${name}-01T00:00:00Z`));

/** The last part of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** All of a path but its last part. */
export const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")));
