import type { Entry } from "./journal/entries.ts";

/** What a call did to the state: its answer, and the entries that a journal needs to tell of it. */
export interface Transition<Answer> {
  answer: Answer;
  entries: Entry[];
}
