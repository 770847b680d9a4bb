// What an observation costs, and what a trace's root says that all of it took.
import { describe, expect, it, test } from "vitest";
import type { Fields } from "../../../../src/protocol/change.ts";
import { isObservationRecord } from "../../../../src/protocol/record.ts";
import { rebuild, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import { NOW } from "../arbitrary.ts";
import { span, Story, trace } from "../story.ts";
import { fresh, journalled, SETTINGS } from "../support.ts";

const USAGE = '{"input":1000,"output":500,"total":1500}';
const PRICES = '{"input":2,"output":10}';
const COSTS = '{"input":0.002,"output":0.005,"total":0.007}';

const generation = (name: string, fields: Fields) =>
  span("create", name, { type: "generation", fields: { name, ...fields } });

describe("an observation's cost", () => {
  const costOf = (...updates: Fields[]): unknown => {
    const story = new Story();
    story.at(0, trace("create"));
    story.at(0, generation("g", {}));
    for (const fields of updates) story.at(1, span("update", "g", { fields }));
    story.at(2, span("end", "g"));
    story.at(2, trace("end"));
    story.sealedBy(20);
    const { fields } = story.record("g");
    expect(fields).not.toHaveProperty("prices");
    return fields.costDetails;
  };
  test.each<[string, Fields[], string | undefined]>([
    ["is that of its tokens", [{ model: "m", prices: PRICES, usageDetails: USAGE }], COSTS],
    [
      "whichever comes first",
      [{ usageDetails: USAGE }, { model: "m", prices: PRICES }, { output: "more" }],
      COSTS,
    ],
    [
      "is what somebody told",
      [{ model: "m", prices: PRICES, usageDetails: USAGE, costDetails: '{"total":1}' }],
      '{"total":1}',
    ],
    ["is Langfuse's to say without prices", [{ model: "m", usageDetails: USAGE }], undefined],
    ["is none without tokens", [{ model: "m", prices: PRICES }], undefined],
    [
      "is that of the model that stands",
      [
        { model: "a", prices: '{"input":9}' },
        { model: "m", prices: PRICES, usageDetails: USAGE },
      ],
      COSTS,
    ],
    [
      "is none where that has no price",
      [{ model: "m", prices: PRICES, usageDetails: USAGE }, { model: "unknown" }],
      undefined,
    ],
    [
      "is none where a text was left out",
      [{ model: "m", prices: "[900000 characters left out]", usageDetails: USAGE }],
      undefined,
    ],
  ])("%s", (_, updates, costs) => {
    expect(costOf(...updates)).toBe(costs);
  });
});

describe("the root's metadata", () => {
  const totals = (story: Story): Record<string, string> =>
    Object.fromEntries(story.record("trace").metadata.filter(([key]) => key.startsWith("total")));
  const begin = (metadata: [string, string][] = []): Story => {
    const story = new Story();
    story.at(0, trace("create", { metadata }));
    return story;
  };
  const end = (story: Story): Record<string, string> => {
    story.at(100, trace("end"));
    story.sealedBy(200);
    return totals(story);
  };
  const told = (costs: string): Fields => ({ usageDetails: '{"input":3}', costDetails: costs });
  const add = (story: Story, seconds: number, name: string, fields: Fields): void => {
    story.at(seconds, generation(name, fields));
    story.at(seconds, span("end", name));
  };

  it("has the tokens and the cost of all observations of the trace", () => {
    const story = begin();
    add(story, 1, "a", { model: "m", prices: PRICES, usageDetails: USAGE });
    add(story, 1, "b", told('{"input":0.1,"output":0.2}'));
    add(story, 1, "c", {});
    expect(end(story)).toEqual({ totalTokens: "1503", totalCost: "0.307" });
  });

  it("also of those that were sealed before it", () => {
    const story = begin();
    story.at(1, generation("open", {}));
    add(story, 1, "a", told('{"total":0.1}'));
    expect(story.sealedBy(90)).toEqual(["a"]);
    story.at(95, span("end", "open"));
    add(story, 95, "b", told('{"total":0.0000002}'));
    expect(end(story)).toEqual({ totalTokens: "6", totalCost: "0.1000002" });
  });

  it("has no cost that lacks a part", () => {
    const story = begin();
    add(story, 1, "a", told('{"total":0.1}'));
    add(story, 1, "b", { usageDetails: '{"input":3}' });
    expect(end(story)).toEqual({ totalTokens: "6" });
  });

  it("has none where there is no usage, and the client's own wins", () => {
    expect(end(begin())).toEqual({});
    const story = begin([["totalCost", "mine"]]);
    add(story, 1, "a", told('{"total":0.1}'));
    expect(end(story)).toEqual({ totalTokens: "3", totalCost: "mine" });
  });

  it("has them of what is closed with it", () => {
    const story = begin();
    story.at(1, generation("open", told('{"total":0.1}')));
    story.sealedBy(4000);
    expect(totals(story)).toEqual({ totalTokens: "3", totalCost: "0.1" });
  });
});

describe("a replay", () => {
  const lived = (settings = SETTINGS): { state: SessionState; lines: string[] } => {
    const state = fresh(settings);
    const lines: string[] = [];
    let seq = 0;
    const send = (change: ReturnType<typeof span>): void =>
      journalled(state, lines, {
        k: "append",
        t: NOW,
        arrival: {
          writer: "browser",
          clientId: "tab",
          actions: [{ seq: (seq += 1), at: NOW, change }],
        },
      });
    journalled(state, lines, { k: "settings", t: NOW, project: "pk-test", settings });
    send(trace("create"));
    send(generation("a", { model: "m", prices: PRICES, usageDetails: USAGE }));
    send(span("end", "a"));
    send(trace("end"));
    journalled(state, lines, { k: "lease", t: NOW + 10_000, upTo: 9 });
    return { state, lines };
  };
  const metadataOf = ({ outbox }: SessionState) =>
    outbox.filter(isObservationRecord).map(({ metadata }) => metadata.map(([key]) => key));

  it("makes the same records", () => {
    const { state, lines } = lived();
    expect(metadataOf(state)[0]).toContain("totalCost");
    expect(rebuild(lines, SETTINGS)).toEqual(state);
  });

  it("of a journal that began without totals has none", () => {
    const { totals: _totals, ...before } = SETTINGS;
    const { lines } = lived();
    const old = lines.map((line) => line.replace(JSON.stringify(SETTINGS), JSON.stringify(before)));
    expect(old).not.toEqual(lines);
    const state = rebuild(old, SETTINGS);
    expect(state.outbox).toHaveLength(2);
    expect(metadataOf(state).flat()).not.toContain("totalCost");
  });
});

test.each([
  "{broken",
  '{"input":1e999}',
  '{"input":"many"}',
  '{"total":{}}',
  '{"a":1e300,"b":1e300}',
])("a text that is no numbers' (%s) spoils neither its session nor what that remembers", (text) => {
  const state = fresh();
  const lines: string[] = [];
  const append = (t: number, ...changes: ReturnType<typeof span>[]): void => {
    const actions = changes.map((change) => ({ at: t, change }));
    journalled(state, lines, { k: "append", t, arrival: { writer: "server", actions } });
  };
  append(NOW, trace("create"), generation("g", { usageDetails: text, costDetails: text }));
  append(NOW + 1, generation("h", { usageDetails: USAGE, costDetails: text }));
  append(NOW + 2, span("end", "g"), span("end", "h"), trace("end"));
  // As the hook's words may be: not the edge's own.
  journalled(state, lines, { k: "lease", t: NOW + 9_000, upTo: 0, until: NOW });
  expect(state.outbox).toHaveLength(3);
  const root = state.outbox.filter(isObservationRecord).find((one) => one.root === true);
  expect(new Map(root?.metadata).get("totalTokens")).toBe("1500");
  expect(rebuild([snapshotLine(state)], SETTINGS).outbox).toEqual(state.outbox);
});
