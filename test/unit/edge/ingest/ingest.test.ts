import { describe, expect, test } from "vitest";
import type { Caller } from "../../../../src/edge/access/caller.ts";
import type { EdgeDeps } from "../../../../src/edge/edge-deps.ts";
import { ingest } from "../../../../src/edge/ingest/ingest.ts";
import type { Interpreted } from "../../../../src/edge/interpret/interpreted.ts";
import type { RequestLog } from "../../../../src/edge/request-log.ts";
import type { RequestRefusal } from "../../../../src/edge/request-refusal.ts";
import type { AppendAnswer, AppendRequest } from "../../../../src/protocol/session/append-calls.ts";
import { interpretOne } from "../interpret/interpreting.ts";

const CALLER: Caller = {
  project: { publicKey: "pk-1", secretKey: "sk-1", baseUrl: "https://langfuse.test" },
  writer: "browser",
  owner: "anonymous",
};
const span = (traceId: string): Interpreted =>
  interpretOne("create_span", { traceId, spanId: "x" });

type Append = (request: AppendRequest) => Promise<AppendAnswer>;
const accept: Append = async ({ actions }) => ({
  results: actions.map(() => ({ status: "accepted" })),
  pending: actions.length,
  sealed: 0,
});

function ingesting(append: Append, overRate?: RequestRefusal) {
  const log: RequestLog = {};
  const objects: string[] = [];
  const deps: Pick<EdgeDeps, "rateLimiting" | "sessionFor"> = {
    rateLimiting: {
      byCaller: () => Promise.reject(new Error("that was asked before the body was read")),
      byObjects: async () => overRate,
    },
    sessionFor: (object) => {
      objects.push(object);
      return {
        append,
        pending: async () => ({ pending: 7, sealed: 2 }),
        deleteSession: () => Promise.reject(new Error("nobody may")),
      };
    },
  };
  const source = { caller: CALLER, headers: new Headers(), envelope: {} };
  return { log, objects, of: (items: Interpreted[]) => ingest(items, source, deps, log) };
}

describe("actions on their way into session objects", () => {
  test("are counted by what became of them", async () => {
    const { of, log } = ingesting(accept);
    const ingested = await of([span("a"), span("b"), interpretOne("nonsense")]);
    expect(ingested).toMatchObject({
      outcomes: [{ kind: "kept" }, { kind: "kept" }, { kind: "refused" }],
    });
    expect(ingested).not.toHaveProperty("flushed");
    expect(log).toEqual({
      refusals: ["invalid_action"],
      actions: 3,
      accepted: 2,
      refused: 1,
      keys: 2,
    });
  });

  test("go to their objects side by side: none waits for another's answer", async () => {
    let waiting = 0;
    const both = Promise.withResolvers<void>();
    const { of } = ingesting(async (request) => {
      waiting += 1;
      if (waiting === 2) both.resolve();
      await both.promise;
      return accept(request);
    });
    expect(await of([span("a"), span("b")])).toMatchObject({
      outcomes: [{ kind: "kept" }, { kind: "kept" }],
    });
  });

  test("may be sent again where their object throws, which the log says once", async () => {
    const { of, log } = ingesting(() => Promise.reject(new Error("gone")));
    expect(await of([span("a"), span("b")])).toMatchObject({
      outcomes: [
        { kind: "refused", refusal: { code: "unavailable" } },
        { kind: "refused", refusal: { code: "unavailable" } },
      ],
    });
    expect(log).toMatchObject({ accepted: 0, refused: 2, error: "Error: gone" });
  });

  test("may be sent again where their object answers for another number of them", async () => {
    const { of, log } = ingesting(async () => ({ results: [], pending: 0, sealed: 0 }));
    expect(await of([span("a")])).toMatchObject({
      outcomes: [{ kind: "refused", refusal: { code: "unavailable" } }],
    });
    expect(log.error).toMatch(/another number/);
  });

  test("reach no object where the caller is over a rate, and are refused as a whole", async () => {
    const refusal: RequestRefusal = { code: "rate_limited", message: "later" };
    const { of, log, objects } = ingesting(accept, refusal);
    expect(await of([span("a")])).toEqual({ refusal });
    expect(objects).toEqual([]);
    expect(log).toEqual({});
  });

  test("that are a flush of what is elsewhere only ask", async () => {
    const { of, log } = ingesting(() => Promise.reject(new Error("a read must not write")));
    expect(await of([interpretOne("flush", { traceId: "a" })])).toMatchObject({
      outcomes: [{ kind: "flushed", pending: { pending: 7 } }],
      flushed: { pending: 7 },
    });
    expect(log).toMatchObject({ actions: 1, accepted: 0, refused: 0, keys: 1 });
  });
});
