import { expect, test } from "vitest";
import {
  MAX_ACTIONS,
  MAX_BODY_BYTES,
  SESSION_ACTIONS_PER_MINUTE,
  SESSION_BYTES_PER_MINUTE,
} from "../../../src/protocol/limits.ts";
import { DEFAULT_RATE_LIMITS } from "../../../src/protocol/rate-limits.ts";
import { readSettings } from "../../../src/settings/index.ts";

test("limits have defaults", () => {
  expect(readSettings({}).limits).toEqual({
    bodyBytes: MAX_BODY_BYTES,
    actions: MAX_ACTIONS,
    session: {
      actionsPerMinute: SESSION_ACTIONS_PER_MINUTE,
      bytesPerMinute: SESSION_BYTES_PER_MINUTE,
    },
    rates: DEFAULT_RATE_LIMITS,
  });
});

test("an operator makes them stricter", () => {
  const env = {
    MAX_BODY_BYTES: "65536",
    MAX_ACTIONS: "50",
    SESSION_ACTIONS_PER_MINUTE: "300",
    SESSION_BYTES_PER_MINUTE: "1000000",
    RATE_LIMITS: "owner=20/60, new = 5/10",
  };
  const { limits, problems } = readSettings(env);
  expect(limits).toEqual({
    bodyBytes: 65_536,
    actions: 50,
    session: { actionsPerMinute: 300, bytesPerMinute: 1_000_000 },
    rates: {
      ...DEFAULT_RATE_LIMITS,
      owner: { requests: 20, seconds: 60 },
      new: { requests: 5, seconds: 10 },
    },
  });
  expect(problems).toEqual([]);
});

test.each([
  { MAX_BODY_BYTES: "4194305" },
  { MAX_BODY_BYTES: "100" },
  { MAX_ACTIONS: "1001" },
  { MAX_ACTIONS: "0" },
  { RATE_LIMITS: "owner=20" },
  { RATE_LIMITS: "owner=20/30" },
  { RATE_LIMITS: "everybody=20/10" },
])("%j is named, and the default stays", (env) => {
  const { limits, problems } = readSettings(env);
  expect(limits).toEqual(readSettings({}).limits);
  expect(problems).toEqual([expect.stringContaining(Object.keys(env)[0] ?? "")]);
});
