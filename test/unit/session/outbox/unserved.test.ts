import { expect, it } from "vitest";
import { UNSERVED_MS, unservedSince } from "../../../../src/session/outbox/unserved.ts";
import { NOW } from "../arbitrary.ts";
import { span, Story } from "../story.ts";

function waiting() {
  const story = new Story();
  story.at(0, span("create", "a", { type: "event" }));
  story.sealedBy(70);
  const [trace] = [...story.state.openTraces.values(), ...story.state.sealedTraces.values()];
  const sealedAt = [...(trace?.sealed.values() ?? [])][0]?.at ?? 0;
  expect(sealedAt).toBeGreaterThan(NOW);
  return { state: story.state, sealedAt };
}

it("records wait unserved from their sealing on, once nobody has asked for long", () => {
  const { state, sealedAt } = waiting();
  const memory = { claimPendingUntil: 0 };
  expect(unservedSince(state, memory, sealedAt + UNSERVED_MS - 1)).toBeUndefined();
  expect(unservedSince(state, memory, sealedAt + UNSERVED_MS)).toBe(sealedAt);
});

it("a consumer that asked, or has the records, or tried them, is there", () => {
  const { state, sealedAt } = waiting();
  const late = sealedAt + 2 * UNSERVED_MS;
  expect(unservedSince(state, { claimPendingUntil: 0, askedAt: late - 1 }, late)).toBeUndefined();
  state.lease = { id: 1, until: late + 1, upTo: 1 };
  expect(unservedSince(state, { claimPendingUntil: 0 }, late)).toBeUndefined();
  delete state.lease;
  state.failing.observation = { tries: 1, since: 0, notBefore: 0 };
  expect(unservedSince(state, { claimPendingUntil: 0 }, late)).toBeUndefined();
});
