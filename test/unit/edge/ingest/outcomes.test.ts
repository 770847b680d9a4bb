import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Caller } from "../../../../src/edge/access/caller.ts";
import { type CallResult, flushedOf, outcomesOf } from "../../../../src/edge/ingest/outcomes.ts";
import { routeActions } from "../../../../src/edge/ingest/route-actions.ts";
import type { Interpreted } from "../../../../src/edge/interpret/interpreted.ts";
import type { AppendResult } from "../../../../src/protocol/session/append-calls.ts";
import { interpretOne } from "../interpret/interpreting.ts";

const CALLER: Caller = {
  project: { publicKey: "pk-1", secretKey: "sk-1", baseUrl: "https://langfuse.test" },
  writer: "browser",
  owner: "anonymous",
};
const span = (traceId: string): Interpreted =>
  interpretOne("create_span", { traceId, spanId: "x" });
const flush = (data = {}): Interpreted => interpretOne("flush", data);
const ACCEPTED: AppendResult = { status: "accepted" };
const OVER: AppendResult = {
  status: "refused",
  code: "quota_exceeded",
  message: "m",
  retryAfter: 9,
};
const answer = (...results: AppendResult[]): CallResult => ({ results, pending: 3, sealed: 1 });
const FAILED: CallResult = { failed: new Error("gone") };

function outcomes(items: Interpreted[], ...results: CallResult[]) {
  return outcomesOf(items, routeActions(items, CALLER, {}), results);
}

describe("the outcomes of a request", () => {
  test("are in the order sent, whichever object each action went to", () => {
    const items = [span("a"), span("b"), span("a")];
    const of = outcomes(items, answer(ACCEPTED, OVER), answer(ACCEPTED));
    expect(of).toMatchObject([
      { kind: "kept" },
      { kind: "kept" },
      { kind: "refused", refusal: { code: "quota_exceeded", retryAfter: 9 } },
    ]);
  });

  test("of an object that failed are retryable refusals, and of the others what they said", () => {
    const of = outcomes([span("a"), span("b")], FAILED, answer(ACCEPTED));
    expect(of).toMatchObject([
      { kind: "refused", refusal: { code: "unavailable" } },
      { kind: "kept" },
    ]);
  });

  test("of actions that their object says nothing about are retryable refusals", () => {
    expect(outcomes([span("a"), span("a")], answer(ACCEPTED))).toMatchObject([
      { kind: "kept" },
      { kind: "refused", refusal: { code: "unavailable" } },
    ]);
  });

  test("of a flush are refused where any object that it speaks of failed", () => {
    const [, , flushed] = outcomes([span("a"), span("b"), flush()], answer(ACCEPTED), FAILED);
    expect(flushed).toMatchObject({ kind: "refused", refusal: { code: "unavailable" } });
  });

  test("keep the client's id of the action, refused or not", () => {
    const kept = { ...span("a"), id: "one" };
    const refused = { ...interpretOne("nonsense"), id: "two" };
    expect(outcomes([kept, refused], answer(ACCEPTED))).toMatchObject([
      { id: "one", kind: "kept" },
      { id: "two", kind: "refused" },
    ]);
  });

  test("property: one for each action, kept only where its object said so", () => {
    const item = fc.constantFrom("a", "b", "c", "flush", "nonsense");
    const said = fc.constantFrom<CallResult | "accept" | "refuse">(FAILED, "accept", "refuse");
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 12 }),
        fc.array(said, { minLength: 3, maxLength: 3 }),
        (names, says) => {
          const items = names.map((name) =>
            name === "flush" ? flush() : name === "nonsense" ? interpretOne(name) : span(name),
          );
          const routes = routeActions(items, CALLER, {});
          const results = routes.calls.map(({ places }, index): CallResult => {
            const how = says[index] ?? FAILED;
            if (how === "accept") return answer(...places.map(() => ACCEPTED));
            return how === "refuse" ? answer(...places.map(() => OVER)) : how;
          });
          const of = outcomesOf(items, routes, results);
          expect(of).toHaveLength(items.length);
          for (const [place, outcome] of of.entries()) {
            const call = routes.calls.findIndex(({ places }) => places.includes(place));
            const isKept = names[place] !== "nonsense" && says[call] === "accept";
            if (names[place] !== "flush") expect(outcome.kind === "kept").toBe(isKept);
          }
        },
      ),
    );
  });
});

describe("what the flushes of a request speak of", () => {
  const pendingOf = (items: Interpreted[], ...results: CallResult[]) =>
    flushedOf(routeActions(items, CALLER, {}), results);

  test("is nothing without a flush", () => {
    expect(pendingOf([span("a")], answer(ACCEPTED))).toBeUndefined();
  });

  test("is counted once, however many flushes name it", () => {
    const items = [span("a"), flush(), flush({ traceId: "a" })];
    expect(pendingOf(items, answer(ACCEPTED))).toEqual({ pending: 3 });
  });

  test("says what is sealed where any of them hurries the delivery", () => {
    const items = [span("a"), flush(), flush({ traceId: "a", deliver: true })];
    expect(pendingOf(items, answer(ACCEPTED))).toEqual({ pending: 3, sealed: 1 });
  });

  test("is not known where one of its objects failed", () => {
    const items = [span("a"), span("b"), flush()];
    expect(pendingOf(items, answer(ACCEPTED), FAILED)).toBeUndefined();
  });
});
