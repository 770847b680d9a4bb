import { describe, expect, test } from "vitest";
import { langfuseTraceId, objectName } from "../../../../src/protocol/ids.ts";
import type { Caller } from "../../../../src/edge/caller.ts";
import type { Interpreted } from "../../../../src/edge/interpret/interpreted.ts";
import type { Envelope } from "../../../../src/edge/interpret/context.ts";
import { type Routes, routeActions } from "../../../../src/edge/ingest/route-actions.ts";
import { interpretOne } from "../interpret/interpreting.ts";

const CALLER: Caller = {
  project: { publicKey: "pk-1", secretKey: "sk-1", baseUrl: "https://langfuse.test" },
  writer: "browser",
  owner: "anonymous",
};
const name = (kind: "session" | "trace", value: string): string =>
  objectName({ project: "pk-1", owner: "anonymous", kind, value });
const trace = (raw: string): string => name("trace", langfuseTraceId(raw));
const span = (traceId: string): Interpreted =>
  interpretOne("create_span", { traceId, spanId: "x" });
const flush = (data = {}): Interpreted => interpretOne("flush", data);
const route = (items: Interpreted[], envelope: Envelope = {}): Routes =>
  routeActions(items, CALLER, envelope);
const objects = (routes: Routes): string[] => routes.calls.map(({ object }) => object);

test("with the request's session everything goes to its object, in one call, in order", () => {
  const envelope = { sessionId: "s", clientId: "c", sentAt: 5 };
  const items = [
    span("a"),
    interpretOne("create_score", { sessionId: "z", name: "n", value: 1 }),
    span("b"),
  ];
  const { calls } = route(items, envelope);
  expect(calls).toEqual([
    {
      object: name("session", "s"),
      places: [0, 1, 2],
      request: {
        project: "pk-1",
        writer: "browser",
        ...envelope,
        actions: items.map((item) => (item.kind === "action" ? item.action : undefined)),
      },
    },
  ]);
});

test("without it each trace has its own, and what is refused goes nowhere", () => {
  const items = [span("a"), interpretOne("nonsense"), span("b"), span("a")];
  const routes = route(items);
  expect(routes.calls.map(({ object, places }) => [object, places])).toEqual([
    [trace("a"), [0, 3]],
    [trace("b"), [2]],
  ]);
  expect(routes.refused.size).toBe(0);
});

test("two spellings of one trace meet", () => {
  const hex = "b2da82a90f74a406596bb57639b0bd19";
  expect(route([span(hex), span(hex.toUpperCase())]).calls).toHaveLength(1);
});

test("a trace's session in its data is only an attribute", () => {
  const item = interpretOne("create_trace", { traceId: "a", sessionId: "s" });
  expect(objects(route([item]))).toEqual([trace("a")]);
});

test("a score of a session goes to that session", () => {
  const item = interpretOne("create_score", { sessionId: "s", name: "n", value: 1 });
  expect(objects(route([item]))).toEqual([name("session", "s")]);
});

test("owners and projects never share an object", () => {
  const other = { ...CALLER, owner: "server" as const };
  const [mine] = route([span("a")]).calls;
  const [theirs] = routeActions([span("a")], other, {}).calls;
  expect(mine?.object).not.toBe(theirs?.object);
});

test("beyond eight keys actions are refused, those of the first eight are not", () => {
  const items = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "a"].map(span);
  const routes = route(items);
  expect(routes.calls).toHaveLength(8);
  expect([...routes.refused.keys()]).toEqual([8, 9]);
  expect(routes.refused.get(8)?.code).toBe("too_many_keys");
  expect(routes.calls[0]?.places).toEqual([0, 10]);
});

describe("a flush", () => {
  test("that names nothing, alone, is nothing to do", () => {
    const routes = route([flush()]);
    expect(routes.calls).toEqual([]);
    expect(routes.flushes.get(0)).toEqual({ calls: [], deliver: false });
  });

  test("that names nothing speaks of all that the batch touched, wherever it stands", () => {
    const routes = route([flush({ deliver: true }), span("a"), span("b")]);
    expect(routes.flushes.get(0)).toEqual({ calls: [0, 1], deliver: true });
    expect(routes.calls.map(({ request }) => request?.flush)).toEqual([
      { deliver: true },
      { deliver: true },
    ]);
  });

  test.each([
    [{ sessionId: "s", traceId: "a" }, {}, name("session", "s")],
    [{ traceId: "a" }, {}, trace("a")],
    [{ sessionId: "x" }, { sessionId: "s" }, name("session", "s")],
  ])("%j in %j asks one object and writes nothing", (data, envelope, object) => {
    expect(route([flush(data)], envelope).calls).toEqual([{ object, places: [] }]);
  });

  test("with deliver and nothing else is a call with no actions", () => {
    const [call] = route([flush({ traceId: "a", deliver: true })]).calls;
    expect(call?.request).toMatchObject({ actions: [], flush: { deliver: true } });
  });

  test("of one trace leaves the others alone", () => {
    const routes = route([span("a"), span("b"), flush({ traceId: "b" })]);
    expect(routes.calls.map(({ request }) => request?.flush)).toEqual([
      undefined,
      { deliver: false },
    ]);
    expect(routes.flushes.get(2)?.calls).toEqual([1]);
  });

  test("deliver holds, whatever another flush of the same says", () => {
    const order = { traceId: "a", deliver: true };
    for (const items of [
      [flush(order), flush({ traceId: "a" })],
      [flush({ traceId: "a" }), flush(order)],
    ]) {
      expect(route(items).calls[0]?.request?.flush).toEqual({ deliver: true });
    }
  });

  test("beyond eight keys is refused", () => {
    const items = [...["a", "b", "c", "d", "e", "f", "g", "h"].map(span), flush({ traceId: "z" })];
    expect(route(items).refused.get(8)?.code).toBe("too_many_keys");
  });
});
