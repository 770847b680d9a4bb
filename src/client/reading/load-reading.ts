// The readers come as a chunk of their own, asked for at the click: a page that is only opened does not load
// them, and neither the request nor the answer waits for them.
import type * as Reading from "./reading.ts";
import { lazily } from "../send/lazily.ts";
import { extras } from "../extras/load-extras.ts";

export type Readers = typeof Reading;

export const reading = /* @__PURE__ */ lazily(async (): Promise<Readers> => {
  const [readers, lent] = await Promise.all([import("./reading.ts"), extras.load()]);
  readers.lend(lent);
  return readers;
});
