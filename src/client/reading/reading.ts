// All that reads what a request asks and what an answer says: loaded at the first click.
export { answerCalls, continuedTurn, showCalls } from "../turn/follow-up.ts";
export { errorWords, readerOf } from "./read-response.ts";
export { requestInput } from "./request-input.ts";
