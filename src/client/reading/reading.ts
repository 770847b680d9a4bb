// All that comes after the request: what it asked, what its answer says, and what becomes of the turn. Loaded at
// the first click.
export { createAnswering } from "../answer/answering.ts";
export { continuedTurn } from "../answer/follow-up.ts";
export { resumeTurn } from "../answer/resume-turn.ts";
export { giveFeedback } from "../feedback/give-feedback.ts";
export { lend } from "./lent.ts";
export { messageOf, readerOf } from "./read-response.ts";
