import createClient from "openapi-fetch";

import { problemOf } from "./problem";
import type { paths } from "./schema.gen";

/** The application's API; everything is asked of the server that sent the page. */
export const api = createClient<paths>({ baseUrl: "" });

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of an answer, or the problem that it is. */
export async function dataOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await asked;
  if (data === undefined) throw problemOf(response.status, error);
  return data;
}
