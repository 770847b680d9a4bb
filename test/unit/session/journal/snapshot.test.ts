// A snapshot and what it holds beside its journal: the assembly's properties compare those.
import { expect, it } from "vitest";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import { readSnapshot, writeSnapshot } from "../../../../src/session/journal/snapshot.ts";
import { NOW } from "../arbitrary.ts";
import { idOf, span, Story, trace, TRACE_ID } from "../story.ts";

it("names each client once, and each action's order key once", () => {
  const story = new Story();
  const fields = { name: "n", input: "i", output: "o" };
  story.at(0, trace("create", { fields, metadata: [["a", "1"]] }));
  story.at(1, span("create", "s", { fields }));
  story.at(2, span("update", "s", { fields: { output: "more" } }));
  const { clients, stamps } = JSON.parse(writeSnapshot(story.state)) as {
    clients: string[];
    stamps: number[];
  };
  expect(clients).toHaveLength(1);
  expect(stamps).toHaveLength(3 * 4);
  expect(readSnapshot(writeSnapshot(story.state))).toEqual(story.state);
});

it("holds all that a trace can be made of", () => {
  const story = new Story();
  const { state } = story;
  story.at(0, trace("create", { traceFields: { userId: "u", public: true }, tags: ["t"] }));
  const fields = { usageDetails: '{"input":1}' };
  story.at(0, span("create", "sealed", { type: "event", fields }));
  story.at(0, span("create", "long"));
  story.at(0, span("update", "unseen"));
  story.sealedBy(70);
  story.at(70, span("update", "sealed", { fields: { output: "late" } }));
  story.at(70, span("create", "open", { type: "generation", parent: idOf("sealed") }));
  const score = { kind: "score", trace: TRACE_ID, id: "liked", body: '{"value":1}' } as const;
  const plain = { ...span("create", "0123456789abcdef"), trace: "f".repeat(32) };
  delete plain.rawTrace;
  delete plain.rawTarget;
  const actions = [score, plain].map((change, n) => ({ id: `a${n}`, at: NOW + 70_000, change }));
  applyEntry(state, { k: "append", t: NOW + 70_000, arrival: { writer: "server", actions } });
  story.at(71, span("create", "ended", { type: "event" }));
  story.at(71, trace("end"));
  expect(readSnapshot(writeSnapshot(state))).toEqual({ ...state, unwritten: [] });
  story.sealedBy(80);
  const sealed = [...state.openTraces.values()].flatMap((one) => [...one.sealed.values()]);
  expect(new Set(sealed.map(({ done }) => done))).toEqual(new Set([true, false]));
  expect(readSnapshot(writeSnapshot(state))).toEqual({ ...state, unwritten: [] });
});

it("keeps the counts of dropped actions, by reason", () => {
  const { state } = new Story();
  state.counts.dropped.set("forgotten", 3).set("dead_letter_overflow", 1);
  expect(readSnapshot(writeSnapshot(state)).counts).toEqual(state.counts);
});

it("is not read where an order key is missing: a value without its place would win or lose at will", () => {
  const story = new Story();
  story.at(0, trace("create", { fields: { name: "n" } }));
  const snapshot = JSON.parse(writeSnapshot(story.state)) as { stamps: number[] };
  snapshot.stamps.pop();
  expect(() => readSnapshot(JSON.stringify(snapshot))).toThrow("without its order key");
});
