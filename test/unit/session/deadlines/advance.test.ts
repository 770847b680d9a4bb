// Time that goes on whatever a trace is like.
import { expect, it } from "vitest";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { NOW } from "../arbitrary.ts";
import { span, Story, trace } from "../story.ts";

it("comes to its end though a trace is due of which nothing can be sealed, and the others go on", () => {
  const story = new Story();
  story.at(0, trace("create"));
  story.at(0, span("create", "open"));
  story.at(1, trace("end"));
  expect(story.sealedBy(10)).toEqual(["trace"]);
  // As a fault of ours would leave it: something is said to be complete, and nothing is.
  const [broken] = story.state.openTraces.values();
  if (broken === undefined) throw new Error("the trace has a span that is open");
  broken.completeSince = NOW;
  const other = { trace: "f".repeat(32), target: "0123456789abcdef" };
  story.at(20, { ...span("create", "event"), ...other, type: "event" });
  advance(story.state, NOW + 200_000);
  expect(story.records().map(({ name }) => name)).toContain("event");
  // What changes it gives it another try.
  story.at(200, span("end", "open"));
  expect(story.sealedBy(210)).toContain("span");
});

it("closes such a trace in the end, though nothing more comes of it", () => {
  const story = new Story();
  story.at(0, trace("create"));
  story.at(0, span("create", "open"));
  story.at(1, trace("end"));
  story.sealedBy(10);
  const [broken] = story.state.openTraces.values();
  if (broken === undefined) throw new Error("the trace has a span that is open");
  Object.assign(broken, { completeSince: NOW, lateSince: NOW });
  expect(story.sealedBy(1_700)).not.toContain("span");
  expect(story.sealedBy(1_900)).toContain("span");
  expect(story.state.assembling).toBe(0);
});
