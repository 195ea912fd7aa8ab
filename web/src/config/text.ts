import { adding } from "./text/adding";
import { common } from "./text/common";
import { compare } from "./text/compare";
import { duplicates, presetHints, presets, review, tiers } from "./text/duplicates";
import { folders } from "./text/folders";
import { game } from "./text/game";
import { work } from "./text/jobs";
import { journal, steered, trash, undoing } from "./text/journal";
import { library } from "./text/library";
import { map } from "./text/map";
import { models } from "./text/models";
import { resolving, rules } from "./text/rules";
import { search } from "./text/search";
import { session } from "./text/session";
import { viewer } from "./text/viewer";
import { watching } from "./text/watching";

/** The words of the pages, a file per feature, so that they can be translated. */
export const text = { ...common, adding, folders, duplicates, review, compare, tiers, presets, presetHints, work, search, library, map, game, models, session, viewer, journal, steered, trash, undoing, resolving, rules, watching } as const;
