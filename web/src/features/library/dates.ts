import { text } from "../../config/text";
import { month as longMonth } from "../../lib/format";
import { UNDATED } from "./blocks";

const inUtc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" });

const shortMonths = inUtc({ month: "short", year: "numeric" });
const shortDays = inUtc({ weekday: "short", day: "numeric" });
const moments = inUtc({ dateStyle: "full", timeStyle: "short" });

/** Seconds of a day. */
const DAY = 86_400;

/** "2019-07" → "July 2019". */
export const monthName = (month: string): string => (month === UNDATED ? text.library.undated : longMonth(month));

/** "2019-07" → "Jul 2019". */
export const shortMonth = (month: string): string => shortMonths.format(new Date(`${month}-01T00:00:00Z`));

/** "Sun 14", for a picture of a month that is named already. */
export const shortDay = (taken: number): string => shortDays.format(new Date(taken * 1000));

/** Day and time, as the camera's clock showed them. */
export const moment = (taken: number): string => moments.format(new Date(taken * 1000));

export const isSameDay = (one: number | null, other: number | null): boolean =>
  one === other || (one !== null && other !== null && Math.floor(one / DAY) === Math.floor(other / DAY));
