// What a snapshot holds beside what its journal says: the assembly's properties compare those.
import { expect, it } from "vitest";
import { readSnapshot, writeSnapshot } from "../../../src/session/snapshot.ts";
import { span, Story, trace } from "./story.ts";

it("names each client once, and each action's stamp once", () => {
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

it("keeps what was counted, by its reason", () => {
  const { state } = new Story();
  state.counts.dropped.set("forgotten", 3).set("dead_letter_overflow", 1);
  expect(readSnapshot(writeSnapshot(state)).counts).toEqual(state.counts);
});

it("is not read where a stamp is missing: a value without its place would win or lose at will", () => {
  const story = new Story();
  story.at(0, trace("create", { fields: { name: "n" } }));
  const snapshot = JSON.parse(writeSnapshot(story.state)) as { stamps: number[] };
  snapshot.stamps.pop();
  expect(() => readSnapshot(JSON.stringify(snapshot))).toThrow("without its stamp");
});
