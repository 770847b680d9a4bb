// An id of the browser's own, for whoever has none: kept for the next page, where the page may keep something.
import { page } from "../send/page.ts";
import { randomHex } from "../trace/ids.ts";

const KEY = "langfuse-edge.browser";
let own = "";

export function ownId(): string {
  try {
    own ||= page.localStorage?.getItem(KEY) ?? "";
  } catch {
    // Storage may be forbidden; then the id lasts as long as the page.
  }
  own ||= randomHex();
  try {
    page.localStorage?.setItem(KEY, own);
  } catch {
    // It may be full as well.
  }
  return own;
}
