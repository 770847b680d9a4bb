import { expect, test } from "vitest";
import {
  applyReport,
  emptyLedger,
  recentObjects,
} from "../../../../src/outcomes/ledger/ledger-state.ts";

test("objects that reported lately, the latest first; isolates and pages are none", () => {
  const state = emptyLedger();
  for (const [at, source] of [
    [1, "aa"],
    [2, "bb"],
    [3, "edge/isolate"],
    [4, "cc"],
    [5, "client/page"],
    [6, "bb"],
  ] as const) {
    applyReport(state, { source, born: 1, at, figures: { accepted: at } });
  }
  expect(recentObjects(state, 10, 0)).toEqual(["bb", "cc", "aa"]);
  expect(recentObjects(state, 2, 0)).toEqual(["bb", "cc"]);
  expect(recentObjects(state, 10, 4)).toEqual(["bb", "cc"]);
});
