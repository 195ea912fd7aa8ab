import { common } from "./text/common";
import { duplicates, presets, tiers } from "./text/duplicates";
import { work } from "./text/jobs";
import { library } from "./text/library";
import { search } from "./text/search";
import { session } from "./text/session";
import { viewer } from "./text/viewer";

/** The words of the pages, a file per feature, so that they can be translated. */
export const text = { ...common, duplicates, tiers, presets, work, search, library, session, viewer } as const;
