// The views of hooks: what an author leaves alone is written as it came, what is changed is made safe, and ids,
// times and sessions stay whatever is written to them.
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { deliveryHook } from "../../../src/hooks/before-delivery.ts";
import { storeHook } from "../../../src/hooks/before-store.ts";
import { actionItem, actionOf } from "../../../src/hooks/change-view.ts";
import { amendedText, deliveryItem, placeOf } from "../../../src/hooks/delivery-view.ts";
import { attributeList, plainAttributes } from "../../../src/hooks/plain-attributes.ts";
import type { ChangeItem, DeliveryItem, StoreContext } from "../../../src/hooks/types.ts";
import { drop, Reasons, refuse } from "../../../src/hooks/verdicts.ts";
import type { KeyValue } from "../../../src/otlp/types.ts";
import type { Action, Change } from "../../../src/protocol/change.ts";
import type { ObservationRecord, ScoreRecord, SpanRecord } from "../../../src/protocol/record.ts";
import { attributesArb } from "../../support/arbitrary-spans.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const context: StoreContext = { publicKey: "pk", writer: "browser", headers: new Headers() };
const quiet = vi.fn<(level: string, event: string, fields: object) => void>();

const change = (more: Partial<Change> = {}): Change => ({
  kind: "change",
  op: "create",
  trace: TRACE,
  target: "00f067aa0ba902b7",
  fields: { name: "ask", input: "ada@example.com", startTime: 5, prices: "{}" },
  traceFields: { sessionId: "chat-7", userId: "ada", public: true },
  metadata: [["plan", "pro"]],
  tags: ["beta"],
  ...more,
});
const action = (more: Partial<Change> = {}): Action => ({ id: "a1", seq: 3, change: change(more) });
const score: Action = {
  id: "s1",
  change: {
    kind: "score",
    trace: TRACE,
    id: "s1",
    body: '{"id":"s1","traceId":"t","name":"liked","value":1}',
  },
};

describe("an action", () => {
  const prompted = action({ fields: { promptName: "greet", promptVersion: 3 } });
  it.each([action(), action({ root: true, op: "end" }), prompted, score])(
    "is itself, unless changed",
    (one) => expect(actionOf(one, actionItem(one))).toEqual(one),
  );

  it("has what the hook wrote, made text and safe; its ids, times, prices and session stay", async () => {
    const hook = storeHook((item) => {
      const one = item as ChangeItem;
      Object.assign(one, { id: "other", traceId: "other" });
      Object.assign(one.fields, { input: { a: "\ud800" }, startTime: 9, prices: "free" });
      Object.assign(one.trace, { sessionId: "other", userId: "u-1", public: "yes" });
      one.metadata["deep"] = [1] as unknown as string;
      delete one.metadata["plan"];
      one.tags.push("\udfff!");
    }, quiet);
    expect(await hook.action(action(), context)).toEqual({
      id: "a1",
      seq: 3,
      change: {
        ...change(),
        fields: { name: "ask", input: '{"a":"\ufffd"}', startTime: 5, prices: "{}" },
        traceFields: { sessionId: "chat-7", userId: "u-1" },
        metadata: [["deep", "[1]"]],
        tags: ["beta", "\ufffd!"],
      },
    });
  });

  it("that is dropped keeps what tells a repeat from news, and nothing else", async () => {
    const hook = storeHook(() => drop("internal_user"), quiet);
    expect(await hook.action(action(), context)).toEqual({
      id: "a1",
      seq: 3,
      drop: "hook:internal_user",
      change: { kind: "change", op: "update", trace: TRACE, target: "00f067aa0ba902b7" },
    });
    expect(JSON.stringify(await hook.action(score, context))).not.toContain("liked");
  });

  it("is refused by a hook that says so, throws, returns anything else, or takes too long", async () => {
    const answers = [
      await storeHook(() => refuse("not here"), quiet).action(action(), context),
      await storeHook(() => Promise.reject(new Error("no")), quiet).action(action(), context),
      await storeHook(() => ({ keep: true }) as never, quiet).action(action(), context),
      await storeHook(
        (item) => void Object.assign(item, { fields: { level: "LOUD" } }),
        quiet,
      ).action(action(), context),
      await storeHook(() => new Promise(() => {}), quiet).action(action(), context),
    ];
    expect(answers.map((one) => "code" in one && one.code)).toEqual([
      "refused_by_hook",
      ...Array.from({ length: 4 }, () => "hook_failed"),
    ]);
  });
});

describe("attributes", () => {
  it("are written as they came, digit for digit, where they are left alone", () => {
    fc.assert(
      fc.property(attributesArb, (list) => {
        const given = list as unknown as KeyValue[];
        expect(new Map(entries(attributeList(given, plainAttributes(given))))).toEqual(
          new Map(entries(given.filter(({ key }) => key !== ""))),
        );
      }),
    );
  });

  it("that are new have a value, and no half of a character", () => {
    const given = {
      a: 1,
      b: 1.5,
      c: ["x", "\ud800"],
      d: null,
      e: { f: null },
      g: Number.NaN,
      "": 1,
    };
    expect(attributeList([], given)).toEqual([
      { key: "a", value: { intValue: 1 } },
      { key: "b", value: { doubleValue: 1.5 } },
      {
        key: "c",
        value: { arrayValue: { values: [{ stringValue: "x" }, { stringValue: "\ufffd" }] } },
      },
      { key: "e", value: { stringValue: '{"f":null}' } },
      { key: "g", value: { stringValue: "NaN" } },
    ]);
  });
});

const entries = (list: readonly KeyValue[]): [string, string][] =>
  list.map(({ key, value }) => [key, JSON.stringify(value)]);

const sealed = { ordinal: 1, actions: 2, size: 10 };
const observation: ObservationRecord = {
  ...sealed,
  kind: "observation",
  traceId: TRACE,
  id: "00f067aa0ba902b7",
  type: "span",
  name: "ask",
  startTime: 1000,
  endTime: 2000,
  fields: { input: "hi" },
  metadata: [],
  trace: { userId: "ada" },
};
const span: SpanRecord = {
  ...sealed,
  kind: "observation",
  traceId: TRACE,
  id: "00f067aa0ba902b7",
  name: "llm",
  startTime: 1000,
  origin: "a",
  span: '{"traceId":"0","spanId":"1","name":"llm","attributes":[{"key":"k","value":{"intValue":"99999999999999999"}}]}',
};
const liked: ScoreRecord = {
  ...sealed,
  kind: "score",
  id: "s1",
  timestamp: 5,
  body: '{"id":"s1","traceId":"0af7651916cd43dd8448eb211c80319c","name":"liked","value":1}',
};

describe("a record", () => {
  it("is kept as it is where the hook leaves it alone", async () => {
    const hook = deliveryHook(() => undefined, quiet);
    const all = [observation, span, liked].map((one, ordinal) => ({ ...one, ordinal }));
    expect(await hook(all, "pk")).toEqual({
      kept: [0, 1, 2],
      changed: [],
      dropped: [],
      failed: [],
    });
  });

  it("has the text that the hook made of it, with its own ids and times", async () => {
    const hook = deliveryHook((item: DeliveryItem) => {
      Object.assign(item, { id: "other", traceId: "other", startTime: 0 });
      if (item.kind === "score")
        Object.assign(item.score, { comment: "seen", id: "x", traceId: "x" });
      else item.attributes["langfuse.observation.metadata.seen"] = "yes";
    }, quiet);
    const all = [observation, span, liked].map((one, ordinal) => ({ ...one, ordinal }));
    const { changed } = await hook(all, "pk");
    const [first, second, third] = changed.map(([, text]) => JSON.parse(text) as object);
    expect(first).toMatchObject({
      traceId: TRACE,
      spanId: observation.id,
      startTimeUnixNano: "1000000000",
    });
    expect(JSON.stringify(first)).toContain('"langfuse.observation.metadata.seen"');
    expect(JSON.stringify(second)).toContain('"intValue":"99999999999999999"');
    expect(third).toEqual({ id: "s1", traceId: TRACE, name: "liked", value: 1, comment: "seen" });
  });

  it("is dropped by its reason, or named where the hook fails", async () => {
    const hook = deliveryHook((item) => {
      if (item.kind === "score") throw new Error("no");
      return drop("not_sampled");
    }, quiet);
    const all = [observation, liked].map((one, ordinal) => ({ ...one, ordinal }));
    expect(await hook(all, "pk")).toMatchObject({
      dropped: [[0, "hook:not_sampled"]],
      failed: [{ ordinal: 1, reason: "hook_failed" }],
    });
  });

  it("stands at one place with all of its trace, evenly among others", () => {
    expect(placeOf(observation)).toBe(placeOf(liked));
    const places = Array.from({ length: 1000 }, (_, n) =>
      placeOf({ ...observation, traceId: n.toString(16).padStart(32, "0") }),
    );
    expect(places.filter((place) => place < 0.25).length).toBeGreaterThan(200);
    expect(places.filter((place) => place < 0.25).length).toBeLessThan(300);
  });

  it("shows what was amended before, and is not amended by nothing", () => {
    const amended = { ...span, amended: span.span.replace("llm", "other") };
    expect(amendedText(amended, deliveryItem(amended))).toBeUndefined();
  });
});

it("reasons are few", () => {
  const reasons = new Reasons();
  const made = Array.from({ length: 100 }, (_, n) => reasons.of(`user_${n}`));
  expect(new Set(made).size).toBe(25);
  expect(reasons.of("user_0")).toBe("hook:user_0");
  expect([reasons.of("A b"), reasons.of(undefined)]).toEqual(["hook:other", "hook:other"]);
});

describe("a hook that throws what is no error", () => {
  it("costs only what it was called with", async () => {
    const thrower = (): never => {
      // oxlint-disable-next-line typescript/only-throw-error -- whatever an author's hook throws
      throw Object.create(null) as object;
    };
    expect(await storeHook(thrower, quiet).action(action(), context)).toMatchObject({
      code: "hook_failed",
    });
    const record = { kind: "score", id: "s", ordinal: 3, body: "{}", timestamp: 0 };
    const amended = await deliveryHook(thrower, quiet)([record as unknown as ScoreRecord], "pk");
    expect(amended.failed).toMatchObject([{ ordinal: 3, reason: "hook_failed" }]);
  });
});

describe("what Langfuse can't keep", () => {
  it("is in nothing that a hook writes", async () => {
    const poison = "a\u0000b\ud800";
    const hook = storeHook((item) => {
      if (item.kind === "score") item.score["comment"] = poison;
      else if (item.kind === "span") {
        item.name = poison;
        item.attributes = { [poison]: poison, list: [poison] };
      } else {
        Object.assign(item.fields, { input: poison, output: [poison] });
        item.metadata = { [poison]: poison };
        item.tags = [poison];
      }
    }, quiet);
    const complete = {
      traceId: TRACE,
      id: "00f067aa0ba902b7",
      name: "call",
      startTime: 0,
      span: JSON.stringify({ attributes: [] }),
      origin: "x",
    };
    const stored = [
      await hook.action(action(), context),
      await hook.action(score, context),
      await hook.span(complete, context),
    ];
    const text = JSON.stringify(stored);
    expect(text).toContain("ab\ufffd");
    expect(text).not.toMatch(/\\\\?u(0000|d800)/);
  });

  it("is in no message of a refusal that is cut", async () => {
    const hook = storeHook(() => refuse(`${"x".repeat(199)}😀`), quiet);
    const refused = (await hook.action(action(), context)) as { message: string };
    expect(refused.message.isWellFormed()).toBe(true);
  });
});
