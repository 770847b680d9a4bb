import { describe, expect, it } from "vitest";
import {
  admit,
  askAgainAt,
  type BreakerState,
  learn,
  PROBE_MS,
  unprobed,
} from "../../../src/delivery/breaker.ts";
import { PASS_MS } from "../../../src/delivery/project-pass.ts";

const health = { delivered: 0, dead: 0, pending: 0, failures: 0 };
const OPEN: BreakerState = { openUntil: 1000 };

describe("the breaker", () => {
  it("is closed for who knows nothing, and for a healthy project", () => {
    expect(admit(undefined, 5).admitted).toBe(true);
    expect(learn(health)).toBeUndefined();
  });

  it("is open until the project's health says", () => {
    expect(learn({ ...health, failures: 3, openUntil: 1000 })).toEqual(OPEN);
    expect(admit(OPEN, 999).admitted).toBe(false);
  });

  it("lets one pass through after that, and the next only when that one never reports", () => {
    const first = admit(OPEN, 1000);
    expect(first.admitted).toBe(true);
    expect(admit(first.state, 1001).admitted).toBe(false);
    expect(admit(first.state, 1000 + PROBE_MS).admitted).toBe(true);
    expect(PROBE_MS).toBeGreaterThan(PASS_MS);
  });

  it("says when to ask again: when it may close, or soon while another pass goes first", () => {
    expect(askAgainAt(OPEN, 400)).toBe(1000);
    const probing = admit(OPEN, 1000).state;
    expect(askAgainAt(probing, 1500)).toBeGreaterThan(1500);
    expect(askAgainAt(probing, 1500)).toBeLessThan(1500 + PROBE_MS);
  });

  it("lets another through when the one before had nothing to post", () => {
    const { state } = admit(OPEN, 1000);
    expect(admit(unprobed(state), 1001).admitted).toBe(true);
    expect(unprobed(undefined)).toBeUndefined();
  });
});
