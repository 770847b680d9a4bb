import type { Entry } from "./entries.ts";

/** What a call did to the state: its answer, and the entries that a journal needs to tell of it. */
export interface Step<Answer> {
  answer: Answer;
  entries: Entry[];
}
