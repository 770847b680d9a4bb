// Errors of a page, as the edge is told of them.
import { describe, expect, test, vi } from "vitest";
import { trackErrors } from "../../../src/client/errors.ts";
import { aPage, errorEvent, errorsTold, traceOf } from "./errors/errors-under-test.ts";
import { backend, delta, eachOnAPage, pass, question, readAll } from "./turn/chat-under-test.ts";
import { PATIENTLY } from "../../support/until.ts";

const page = eachOnAPage();
const thrown = (error: unknown, fields: object = {}): void => {
  const message = `Uncaught ${String(error)}`;
  page().dispatch(errorEvent("error", { error, message, ...fields }));
};
const rejected = (reason: unknown): void => {
  page().dispatch(errorEvent("unhandledrejection", { reason }));
};
const tracked = (options: Partial<Parameters<typeof trackErrors>[0]> = {}) => {
  // To compress takes time that cannot be moved.
  vi.stubGlobal("CompressionStream", undefined);
  const all = aPage();
  return { ...all, stop: trackErrors({ client: all.client, ...options }) };
};

describe("while a turn goes on", () => {
  test("an error is an observation under what goes on, with its type, stack, causes and fingerprint", async () => {
    const { begin, edge } = tracked();
    const turn = begin();
    void turn.calling();
    const error = new TypeError("x is undefined", { cause: new Error("no answer") });
    thrown(error);
    await pass(3000);
    const [told] = errorsTold(edge.actions());
    const call = edge.actions().find(({ data }) => data["name"] === "frontend-backend-api-call");
    expect(told).toMatchObject({
      name: "frontend-error",
      level: "ERROR",
      statusMessage: "TypeError: x is undefined",
      traceId: turn.traceId,
      parentObservationId: call?.data["spanId"],
      ended: false,
      metadata: {
        type: "TypeError",
        stack: error.stack,
        mechanism: "onerror",
        handled: false,
        fingerprint: expect.stringMatching(/^[\da-f]{16}$/) as string,
        causes: [{ path: "cause", type: "Error", message: "no answer" }],
        url: "https://app.example/chat",
      },
    });
  });

  test("it stands under the answer while that comes, and is told when the page is closed", async () => {
    const { begin, client, edge } = tracked();
    const { fetch } = backend([delta("Hi"), delta(" there")]);
    const turn = begin();
    expect(client).toBeDefined();
    vi.stubGlobal("fetch", fetch);
    const response = await turn.fetch("/api/chat", question);
    await response.body?.getReader().read();
    thrown(new Error("while streaming"));
    page().send("pagehide");
    await pass();
    const generation = edge
      .actions()
      .find(({ action, data }) => action === "create_generation" && data["name"]);
    expect(errorsTold(edge.actions())).toMatchObject([
      {
        parentObservationId: generation?.data["generationId"],
        ended: true,
        metadata: { count: 1 },
      },
    ]);
    expect(traceOf(edge.actions(), "end")[0]?.metadata["outcome"]).toBe("abandoned");
  });

  test("the same error in a loop is one observation, whose count is told when the turn ends", async () => {
    const { begin, edge } = tracked();
    const turn = begin();
    for (let n = 0; n < 500; n += 1) {
      thrown(new Error(`attempt ${n} failed`));
      vi.setSystemTime(Date.now() + 1);
    }
    await pass(3000);
    expect(errorsTold(edge.actions())).toMatchObject([{ ended: false }]);
    expect(edge.actions().length).toBeLessThan(10);
    turn.end();
    await pass();
    const [told] = errorsTold(edge.actions());
    expect(told).toMatchObject({ ended: true, metadata: { count: 500 } });
    expect(Number(told?.["endTime"]) - Number(told?.["startTime"])).toBe(499);
    expect(traceOf(edge.actions(), "update").map(({ metadata }) => metadata)).toEqual([
      { errors: 500 },
    ]);
  });

  test("of very many different ones, twenty are told and the rest is counted", async () => {
    const { begin, edge } = tracked();
    const turn = begin();
    const words = (n: number): string => n.toString(2).replaceAll("0", "a").replaceAll("1", "b");
    for (let n = 0; n < 50; n += 1) thrown({ name: "Error", message: words(n) });
    turn.end();
    // A text of this length is compressed, which takes real time.
    await vi.waitFor(async () => {
      await pass();
      expect(errorsTold(edge.actions())).toHaveLength(20);
    }, PATIENTLY);
    expect(traceOf(edge.actions(), "update").map(({ metadata }) => metadata)).toEqual([
      { errors: 50, errors_untold: 30 },
    ]);
  });

  test("of several turns, it belongs to the one that began last", async () => {
    const { begin, edge } = tracked();
    const first = begin();
    const second = begin();
    thrown(new Error("whose?"));
    second.end();
    thrown(new Error("now the first's"));
    first.end();
    await pass();
    expect(errorsTold(edge.actions()).map(({ traceId }) => traceId)).toEqual([
      second.traceId,
      first.traceId,
    ]);
  });

  test("a promise that is rejected is told, unless somebody only wanted no more", async () => {
    const { begin, edge } = tracked();
    const turn = begin();
    rejected(new DOMException("stopped", "AbortError"));
    rejected(undefined);
    rejected("no reason");
    turn.end();
    await pass();
    expect(errorsTold(edge.actions())).toMatchObject([
      { statusMessage: "undefined: undefined" },
      { statusMessage: "string: no reason", metadata: { mechanism: "onunhandledrejection" } },
    ]);
  });

  test("what another origin's script or a slow layout says is not told", async () => {
    const { begin, edge } = tracked();
    const turn = begin();
    for (const message of [
      "Script error.",
      "Script error",
      "ResizeObserver loop completed with undelivered notifications.",
    ]) {
      thrown(null, { message });
      thrown(undefined, { message });
    }
    thrown(undefined, { message: "Uncaught null", filename: "/chat.js", lineno: 3, colno: 4 });
    turn.end();
    await pass();
    expect(errorsTold(edge.actions())).toMatchObject([
      { statusMessage: "Error: Uncaught null", metadata: { stack: "    at /chat.js:3:4" } },
    ]);
  });

  test("a resource of the chat that fails is told without its query; others are not", async () => {
    const { begin, edge } = tracked({ resources: "#chat" });
    const turn = begin();
    const image = (inside: boolean) => ({
      localName: "img",
      src: "https://cdn.example/a.png?token=secret",
      closest: (selector: string) => inside && selector === "#chat",
    });
    const fail = (target: object): void => {
      const event = new Event("error");
      Object.defineProperty(event, "target", { value: target });
      page().dispatch(event);
    };
    fail(image(false));
    fail(image(true));
    turn.end();
    await pass();
    const told = errorsTold(edge.actions());
    expect(told).toMatchObject([
      {
        statusMessage: "ResourceError: img failed to load: https://cdn.example/a.png",
        metadata: { mechanism: "resource" },
      },
    ]);
    expect(JSON.stringify(told)).not.toContain("secret");
  });
});

describe("turn.error", () => {
  test("without tracking is an event with message and stack", async () => {
    const { begin, edge } = aPage();
    const turn = begin();
    const error = new RangeError("too far");
    turn.error(error);
    const hostile = (): never => {
      throw new Error("hands off");
    };
    turn.error(new Proxy({}, { get: hostile }));
    turn.error("words");
    turn.end();
    await pass();
    expect(errorsTold(edge.actions())).toMatchObject([
      {
        level: "ERROR",
        statusMessage: "too far",
        traceId: turn.traceId,
        metadata: { type: "RangeError", stack: error.stack },
      },
      { statusMessage: "words" },
    ]);
  });

  test("is told once, though the page sees the same error as well", async () => {
    const { begin, edge } = tracked({ between: true });
    const turn = begin();
    const error = new Error("one");
    turn.error(error);
    rejected(error);
    turn.error(error);
    turn.end();
    thrown(error);
    await pass();
    expect(errorsTold(edge.actions())).toMatchObject([
      { metadata: { mechanism: "turn", handled: true, count: 2 } },
    ]);
    expect(traceOf(edge.actions(), "create")).toHaveLength(1);
  });

  test("of a turn that is over is told below its trace, and counted for some seconds", async () => {
    const { begin, edge } = tracked();
    const turn = begin();
    turn.end();
    await pass();
    const before = edge.actions().length;
    for (let n = 0; n < 3; n += 1) turn.error(new Error("late"));
    await pass(15_000);
    const late = edge.actions().slice(before);
    expect(errorsTold(late)).toMatchObject([
      { traceId: turn.traceId, ended: true, metadata: { count: 3 } },
    ]);
    expect(errorsTold(late)[0]?.["parentObservationId"]).toBeUndefined();
    expect(late.map(({ action }) => action)).toEqual(["create_span", "end_span"]);
  });
});

test("an error that ends a turn is the turn's own, and the page's no more", async () => {
  const { begin, edge } = tracked({ between: true });
  const turn = begin();
  const error = new Error("no network");
  turn.fail(error);
  rejected(error);
  await pass(15_000);
  expect(errorsTold(edge.actions())).toEqual([]);
  expect(traceOf(edge.actions(), "end")).toMatchObject([{ statusMessage: "no network" }]);
});

describe("between turns", () => {
  test("nothing is told where it was not asked for", async () => {
    const { edge } = tracked();
    thrown(new Error("nobody asked"));
    await pass(15_000);
    expect(edge.actions()).toEqual([]);
  });

  test("errors of some seconds are one trace of the page", async () => {
    const { edge } = tracked({ between: true });
    thrown(new Error("first"));
    for (let n = 0; n < 3; n += 1) thrown(new Error("second"));
    await pass(15_000);
    thrown(new Error("first"));
    await pass(15_000);
    const created = traceOf(edge.actions(), "create");
    expect(created).toMatchObject([
      { name: "page-errors", sessionId: "s1" },
      { name: "page-errors" },
    ]);
    expect(errorsTold(edge.actions())).toMatchObject([
      { traceId: created[0]?.["traceId"], ended: true, metadata: { count: 1 } },
      { traceId: created[0]?.["traceId"], ended: true, metadata: { count: 3 } },
      { traceId: created[1]?.["traceId"], ended: true, metadata: { count: 1 } },
    ]);
    expect(traceOf(edge.actions(), "end")).toMatchObject([
      { level: "ERROR", statusMessage: "Error: first", metadata: { errors: 4 } },
      { level: "ERROR", metadata: { errors: 1 } },
    ]);
  });

  test("a page that is closed tells what it has counted", async () => {
    const { edge } = tracked({ between: true });
    thrown(new Error("last words"));
    page().send("pagehide");
    await pass(3000);
    expect(errorsTold(edge.actions())).toMatchObject([{ ended: true, metadata: { count: 1 } }]);
    expect(traceOf(edge.actions(), "end")).toHaveLength(1);
  });

  test("a page that is open for days tells fifty at most", async () => {
    const { edge } = tracked({ between: true });
    const words = (n: number): string => n.toString(2).replaceAll("0", "a").replaceAll("1", "b");
    for (let n = 0; n < 100; n += 1) {
      thrown({ name: "Error", message: words(n) });
      await pass(15_000);
    }
    expect(errorsTold(edge.actions())).toHaveLength(50);
    expect(errorsTold(edge.actions()).every(({ ended }) => ended)).toBe(true);
  });
});

describe("tracking", () => {
  test("prevents nothing, and stops", async () => {
    const { begin, edge, stop } = tracked();
    const turn = begin();
    const event = errorEvent("error", { error: new Error("x"), message: "x" });
    const rejection = errorEvent("unhandledrejection", { reason: "x" });
    expect(page().dispatch(event)).toBe(true);
    expect(page().dispatch(rejection)).toBe(true);
    expect([event.defaultPrevented, rejection.defaultPrevented]).toEqual([false, false]);
    stop();
    stop();
    thrown(new Error("after"));
    rejected("after");
    turn.end();
    await pass();
    expect(errorsTold(edge.actions())).toHaveLength(2);
  });

  test("that begins again takes the place of the one before", async () => {
    const { begin, client, edge, stop } = tracked();
    trackErrors({ client, ignore: (error) => String(error).includes("known") });
    stop();
    const turn = begin();
    thrown(new Error("a known one"));
    thrown(new Error("another"));
    turn.end();
    await pass();
    expect(errorsTold(edge.actions())).toMatchObject([
      { statusMessage: "Error: another", metadata: { count: 1 } },
    ]);
  });

  test("of an error in tracing itself does not loop", async () => {
    let asked = 0;
    const { begin, client, edge } = aPage({
      beforeSend: (_, data) => {
        asked += 1;
        if (asked > 1000) throw new Error("it loops");
        const own = new Error(`filter ${"abcdefghijklmnopqrstuvwxyz"[asked % 26]}`);
        thrown(own);
        queueMicrotask(() => rejected(own));
        return data;
      },
    });
    trackErrors({ client, between: true });
    const turn = begin();
    thrown(new Error("the app's"));
    turn.end();
    await pass(60_000);
    expect(asked).toBeLessThan(200);
    expect(errorsTold(edge.actions()).length).toBeLessThan(60);
  });
});

test("an answer that was read to its end has no error", async () => {
  const { begin, edge } = tracked();
  vi.stubGlobal("fetch", backend([delta("Hi")]).fetch);
  await readAll(await begin().fetch("/api/chat", question));
  await pass();
  expect(errorsTold(edge.actions())).toEqual([]);
  expect(traceOf(edge.actions(), "update").filter(({ metadata }) => metadata)).toEqual([]);
});
