// A token's bounds, on every action that names a trace, a session or a user.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ownerOf, ownerTag, langfuseTraceId } from "../../../../src/protocol/ids.ts";
import { ACTION_NAMES } from "../../../../src/protocol/wire.ts";
import type { Bound } from "../../../../src/edge/access/caller.ts";
import { changeOf, interpretOne, kept, refusal, scoreOf } from "./interpreting.ts";
import { runs } from "../../../support/runs.ts";

const ADA: Bound = {
  tag: ownerTag("pk", ownerOf({ userId: "ada" })),
  userId: "ada",
  sessionId: "s",
};
const EVE: Bound = {
  tag: ownerTag("pk", ownerOf({ userId: "eve" })),
  userId: "eve",
  sessionId: "s",
};
const RAW = "ui2-1671234567890-abc123";
const HEX = langfuseTraceId(RAW);
const as = (bound: Bound) => ({ context: { bound }, envelope: { sessionId: "s" } });

const NAMING = ACTION_NAMES.filter((name) => name !== "flush");
const data = (traceId: string) => ({ traceId, spanId: "x", type: "tool", name: "n", value: 1 });

describe.each(NAMING)("%s", (action) => {
  test.each([RAW, HEX, HEX.toUpperCase(), `${RAW}.${EVE.tag}`, `.${ADA.tag}x`])(
    "of %s goes to the owner's trace of that name, and is answered by its full id",
    (traceId) => {
      const { ids } = kept(interpretOne(action, data(traceId), as(ADA)));
      expect(ids.traceId).toBe(`${traceId}.${ADA.tag}`);
      expect(ids.langfuseTraceId).toBe(langfuseTraceId(`${traceId}.${ADA.tag}`));
    },
  );

  test("of the full id is of the same trace", () => {
    const full = `${RAW}.${ADA.tag}`;
    const { ids, action: taken } = kept(interpretOne(action, data(full), as(ADA)));
    expect(ids.traceId).toBe(full);
    expect(taken.change.trace).toBe(langfuseTraceId(full));
  });

  test("without a tag is of the id as it is", () => {
    expect(kept(interpretOne(action, data(RAW))).ids.traceId).toBe(RAW);
  });

  test("verbatim, the owner's id goes to Langfuse", () => {
    const context = { bound: ADA, traceIdFormat: "verbatim" as const };
    const { action: taken } = kept(interpretOne(action, data(RAW), { context }));
    expect(taken.change.trace).toBe(`${RAW}.${ADA.tag}`);
  });

  test("outside the token is refused by name", () => {
    const actions = new Set(NAMING.filter((name) => name !== action));
    const item = interpretOne(action, data(RAW), as({ ...ADA, actions }));
    expect(refusal(item).code).toBe("action_not_allowed");
    const allowed = as({ ...ADA, actions: new Set([action]) });
    expect(interpretOne(action, data(RAW), allowed).kind).toBe("action");
  });
});

test("a trace made by the edge is its owner's", () => {
  const more = { wire: { at: 1_795_000_000_000 } };
  const made = (bound: Bound) =>
    kept(interpretOne("create_trace", {}, { ...as(bound), ...more })).ids;
  expect(made(ADA).traceId).toMatch(new RegExp(`\\.${ADA.tag}$`));
  expect(made(ADA).langfuseTraceId).not.toBe(made(EVE).langfuseTraceId);
  expect(kept(interpretOne("end_trace", { traceId: made(ADA).traceId }, as(ADA))).ids).toEqual(
    made(ADA),
  );
});

test("an id has to leave room for its owner's tag", () => {
  const id = (length: number) => ({ traceId: "x".repeat(length) });
  expect(kept(interpretOne("end_trace", id(183), as(ADA))).ids.traceId).toHaveLength(200);
  expect(refusal(interpretOne("end_trace", id(184), as(ADA)))).toMatchObject({
    code: "invalid_data",
    path: "data.traceId",
  });
  expect(kept(interpretOne("end_trace", id(200))).ids.traceId).toHaveLength(200);
});

test("property: no id that one owner may write names what another's does", () => {
  const tail = fc.constantFrom("", `.${ADA.tag}`, `.${EVE.tag}`, `${ADA.tag}`, ".", "\u0000");
  const id = fc
    .tuple(fc.oneof(fc.constantFrom(RAW, HEX, ""), fc.string({ maxLength: 20 })), tail, tail)
    .map((parts) => parts.join(""));
  const ids = (bound: Bound, traceId: string) =>
    interpretOne("create_score", { traceId, id: traceId, name: "n", value: 1 }, as(bound));
  fc.assert(
    fc.property(id, id, (one, two) => {
      const [ours, theirs] = [ids(ADA, one), ids(EVE, two)];
      if (ours.kind !== "action" || theirs.kind !== "action") return;
      // A score of the session names no trace.
      if (ours.action.change.trace !== "") {
        expect(ours.action.change.trace).not.toBe(theirs.action.change.trace);
      }
      expect(ours.ids.scoreId).not.toBe(theirs.ids.scoreId);
    }),
    { numRuns: runs(1000) },
  );
});

describe("session and user", () => {
  test("come from the token where they are absent", () => {
    const { traceFields } = changeOf(interpretOne("create_trace", { traceId: "t" }, as(ADA)));
    expect(traceFields).toEqual({ sessionId: "s", userId: "ada" });
    const span = changeOf(interpretOne("create_span", { traceId: "t", name: "n" }, as(ADA)));
    expect(span.traceFields).toEqual({ userId: "ada" });
  });

  test("may be said again", () => {
    const said = { traceId: "t", sessionId: "s", userId: "ada" };
    expect(changeOf(interpretOne("update_trace", said, as(ADA))).traceFields).toEqual({
      sessionId: "s",
      userId: "ada",
    });
  });

  test.each([
    ["create_trace", { traceId: "t", sessionId: "other" }, "session_mismatch"],
    ["update_trace", { traceId: "t", sessionId: "S" }, "session_mismatch"],
    ["end_trace", { traceId: "t", sessionId: "s " }, "session_mismatch"],
    ["create_score", { sessionId: "other", name: "n", value: 1 }, "session_mismatch"],
    ["create_score", { traceId: "t", sessionId: "other", name: "n", value: 1 }, "session_mismatch"],
    ["flush", { sessionId: "other" }, "session_mismatch"],
    ["create_trace", { traceId: "t", userId: "eve" }, "user_mismatch"],
    ["update_trace", { traceId: "t", userId: "Ada" }, "user_mismatch"],
    ["end_trace", { traceId: "t", userId: 5 }, "user_mismatch"],
  ])("%s with %j is refused: %s", (action, given, code) => {
    expect(refusal(interpretOne(action, given, as(ADA))).code).toBe(code);
  });

  test("are free where the token binds none", () => {
    const bound = { tag: "0123456789ab" };
    const said = { traceId: "t", sessionId: "any", userId: "any" };
    expect(
      changeOf(interpretOne("create_trace", said, { context: { bound } })).traceFields,
    ).toEqual({ sessionId: "any", userId: "any" });
  });
});

describe("scores", () => {
  const score = { name: "thumbs", value: 1 };
  test("have ids in their owner's namespace, given or made", () => {
    const id = (more: object, bound: Bound) =>
      scoreOf(interpretOne("create_score", { ...score, ...more }, as(bound))).parsed["id"];
    expect(id({ traceId: "t", id: "mine" }, ADA)).toBe(`mine.${ADA.tag}`);
    expect(id({ traceId: "t", id: `mine.${ADA.tag}` }, ADA)).toBe(`mine.${ADA.tag}`);
    expect(id({ traceId: "t", scoreId: `mine.${ADA.tag}` }, EVE)).toBe(
      `mine.${ADA.tag}.${EVE.tag}`,
    );
    expect(id({ sessionId: "s" }, ADA)).not.toBe(id({ sessionId: "s" }, EVE));
  });

  test("of a session need a token of that session", () => {
    const bound = { tag: "0123456789ab", userId: "ada" };
    const item = interpretOne(
      "create_score",
      { ...score, sessionId: "any" },
      { context: { bound } },
    );
    expect(refusal(item).code).toBe("session_mismatch");
    const byKey = interpretOne(
      "create_score",
      { ...score, sessionId: "any" },
      { context: { bound: { fromPage: true, publicKeyOnly: true } } },
    );
    expect(refusal(byKey).code).toBe("session_mismatch");
    const ofTrace = interpretOne(
      "create_score",
      { ...score, traceId: "t" },
      { context: { bound: { fromPage: true, publicKeyOnly: true } } },
    );
    expect(kept(ofTrace).ids.scoreId).toMatch(/^[0-9a-f]{32}\.page$/);
    expect(kept(interpretOne("create_score", score, as(ADA))).session).toBe("s");
    const free = interpretOne("create_score", { ...score, sessionId: "any" });
    expect(kept(free).session).toBe("any");
  });
});
