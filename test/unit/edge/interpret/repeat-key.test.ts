import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Envelope } from "../../../../src/edge/interpret/context.ts";
import { actionOf, changeOf, interpretOne, kept, scoreOf } from "./interpreting.ts";

const span = (data: Record<string, unknown>, wire = {}, envelope: Envelope = {}): string =>
  changeOf(interpretOne("create_span", { traceId: "t", ...data }, { wire, envelope })).target;

test("an id that is made is one of Langfuse's own", () => {
  const item = interpretOne("create_span", { traceId: "t", name: "a" });
  expect(kept(item).ids.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(changeOf(item).target).toBe(kept(item).ids.spanId);
  expect(changeOf(item)).not.toHaveProperty("rawTarget");
});

describe("by client and number", () => {
  const envelope = { clientId: "c", sessionId: "s" };
  test("the number decides, not the content", () => {
    expect(span({ name: "a" }, { seq: 1 }, envelope)).toBe(
      span({ name: "b" }, { seq: 1 }, envelope),
    );
    expect(span({}, { seq: 1 }, envelope)).not.toBe(span({}, { seq: 2 }, envelope));
    expect(span({}, { seq: 1 }, envelope)).not.toBe(
      span({}, { seq: 1 }, { ...envelope, clientId: "d" }),
    );
  });
  test("numbers count per ordering key", () => {
    const { clientId } = envelope;
    const trace = (sessionId?: string): string | undefined =>
      kept(
        interpretOne(
          "create_trace",
          { sessionId: "attribute" },
          { wire: { seq: 1 }, envelope: { clientId, ...(sessionId && { sessionId }) } },
        ),
      ).ids.traceId;
    expect(trace("s1")).not.toBe(trace("s2"));
  });
  test("where there is no key to count in, the content counts too", () => {
    const trace = (name: string, seq: number): string | undefined =>
      kept(
        interpretOne(
          "create_trace",
          { sessionId: "attribute", name },
          { wire: { seq }, envelope: { clientId: "c" } },
        ),
      ).ids.traceId;
    expect(trace("a", 1)).toBe(trace("a", 1));
    expect(trace("a", 1)).not.toBe(trace("b", 1));
    expect(trace("a", 1)).not.toBe(trace("a", 2));
  });
  test("a number without a client says nothing, and is not kept", () => {
    const item = interpretOne("create_span", { traceId: "t" }, { wire: { seq: 1 } });
    expect(actionOf(item)).not.toHaveProperty("seq");
    expect(span({ name: "a" }, { seq: 1 })).not.toBe(span({ name: "b" }, { seq: 1 }));
  });
  test("the action keeps its number and needs no other name", () => {
    const item = interpretOne("create_span", { traceId: "t" }, { wire: { seq: 4 }, envelope });
    expect(actionOf(item)).toMatchObject({ seq: 4 });
    expect(actionOf(item)).not.toHaveProperty("id");
  });
});

test("by the action's own id", () => {
  expect(span({ name: "a" }, { id: "i" })).toBe(span({ name: "b" }, { id: "i" }));
  expect(span({}, { id: "i" })).not.toBe(span({}, { id: "j" }));
  expect(span({}, { id: "i" })).not.toBe(span({ traceId: "u" }, { id: "i" }));
  const item = interpretOne("create_span", { traceId: "t" }, { wire: { id: "i" } });
  expect(actionOf(item).id).toBe("i");
  expect(item.id).toBe("i");
});

describe("by content alone", () => {
  test("its repeat has the same name, which is not the client's", () => {
    const item = interpretOne("create_event", { traceId: "t", name: "click" });
    expect(actionOf(item).id).toMatch(/^content:[0-9a-f]{32}$/);
    expect(item).not.toHaveProperty("id");
  });
  test("where the client gave the observation's id, no name is needed", () => {
    const item = interpretOne("create_event", { traceId: "t", eventId: "e" });
    expect(actionOf(item)).not.toHaveProperty("id");
  });
  test("when it happened tells two apart, when it was sent does not", () => {
    const at = Date.parse("2026-11-22T11:00:00Z");
    expect(span({}, { at })).not.toBe(span({}, { at: at + 1 }));
    expect(span({}, {}, { sentAt: at })).toBe(span({}, {}, { sentAt: at + 1 }));
  });
  test("what makes it are the values, not the order of their keys", () => {
    expect(span({ a: 1, input: { x: 1, y: [2] } })).toBe(span({ input: { y: [2], x: 1 }, a: 1 }));
    expect(span({ input: { x: 1 } })).not.toBe(span({ input: { x: "1" } }));
  });
  test("a score too", () => {
    const score = (value: number): string =>
      scoreOf(interpretOne("create_score", { traceId: "t", name: "n", value })).id;
    expect(score(1)).toBe(score(1));
    expect(score(1)).not.toBe(score(2));
  });
});

test("property: any action, repeated, is the same action", () => {
  const actions = fc.constantFrom(
    "create_trace",
    "create_span",
    "create_generation",
    "create_event",
    "create_score",
  );
  const envelopes = fc.record(
    { sessionId: fc.constant("s"), clientId: fc.constantFrom("c", "d") },
    { requiredKeys: [] },
  );
  const data = fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }));
  const wires = fc.record({ seq: fc.nat(3), id: fc.constantFrom("i", "j") }, { requiredKeys: [] });
  fc.assert(
    fc.property(
      actions,
      envelopes,
      data,
      wires,
      fc.boolean(),
      (action, envelope, more, wire, named) => {
        const given = {
          name: "n",
          value: 1,
          sessionId: "s",
          ...(named && { traceId: "t" }),
          ...more,
        };
        const copy = JSON.parse(JSON.stringify(given)) as Record<string, unknown>;
        const reversed = Object.fromEntries(Object.entries(copy).toReversed());
        expect(interpretOne(action, reversed, { envelope, wire })).toEqual(
          interpretOne(action, given, { envelope, wire }),
        );
      },
    ),
  );
});
