// Who posts by Langfuse's older API, in a project's health.
import { expect, it } from "vitest";
import {
  applyReport,
  EMPTY_HEALTH,
  MAX_LEGACY_SENDERS,
  type StoredHealth,
  viewOf,
} from "../../../src/outcomes/health-state.ts";

const nothing = { delivered: 0, dead: 0, pending: [], kinds: [] };
const report = (state: StoredHealth, at: number, sdk: string, events = 1): StoredHealth =>
  applyReport(state, { ...nothing, at, legacy: [{ sdk, version: "1", events, requests: 1 }] });

it("adds up by SDK and version, the latest first, and says nothing of delivery", () => {
  let state = report(EMPTY_HEALTH, 1_000, "js", 15);
  state = report(state, 2_000, "python", 3);
  state = report(state, 3_000, "js", 5);
  expect(viewOf(state).legacy).toEqual([
    { sdk: "js", version: "1", events: 20, requests: 2, since: 1_000, last: 3_000 },
    { sdk: "python", version: "1", events: 3, requests: 1, since: 2_000, last: 2_000 },
  ]);
  const { legacy: _legacy, kinds: _kinds, ...rest } = viewOf(state);
  const { kinds: _none, ...empty } = viewOf(EMPTY_HEALTH);
  expect(rest).toEqual(empty);
  expect(viewOf(applyReport(state, { ...nothing, at: 4_000 })).legacy).toHaveLength(2);
});

it("keeps a bounded number", () => {
  let state = EMPTY_HEALTH;
  for (let n = 0; n < 100; n += 1) state = report(state, n, `sdk-${n}`);
  const { legacy = [] } = viewOf(state);
  expect(legacy).toHaveLength(MAX_LEGACY_SENDERS);
  expect(legacy[0]?.sdk).toBe("sdk-99");
});
