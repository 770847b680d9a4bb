// Events that a page sends: in its owner's namespace, within its bounds.
import { describe, expect, it } from "vitest";
import type { LegacyContext } from "../../../../../src/edge/legacy/events/context.ts";
import { change, score, refused } from "./interpreting-events.ts";

describe("a page", () => {
  const page: Partial<LegacyContext> = {
    writer: "browser",
    bound: { fromPage: true, tag: "0123456789abcdef", userId: "ada", sessionId: "s" },
  };
  it("writes in its owner's namespace, and within its bounds", () => {
    const its = change("trace-create", { id: "t", public: true }, { context: page });
    expect(its.rawTrace).toBe("t.0123456789abcdef");
    expect(its.traceFields).toEqual({ sessionId: "s", userId: "ada" });
    expect(refused("trace-create", { id: "t", userId: "eve" }, { context: page })).toEqual([
      401,
      "userId: is another than the token's",
    ]);
    const bound = { ...page.bound, actions: new Set(["create_score"]) };
    expect(refused("trace-create", { id: "t" }, { context: { ...page, bound } })).toEqual([
      401,
      "create_trace: is not among the token's actions",
    ]);
  });

  const base = { name: "n", value: 1 };
  const user = { fromPage: true, tag: "0123456789abcdef", userId: "ada" };
  it.each([
    ["a token of a user's", user],
    ["the public key alone, beside tokens", { fromPage: true, publicKeyOnly: true }],
  ])("scores no session of others, and no dataset run, by %s", (_, bound) => {
    const context = { writer: "browser" as const, bound };
    expect(refused("score-create", { ...base, sessionId: "s" }, { context })).toEqual([
      401,
      "sessionId: a score of a session needs a token that names the session",
    ]);
    expect(refused("score-create", { ...base, datasetRunId: "r" }, { context })).toEqual([
      401,
      "datasetRunId: only a server scores a dataset run",
    ]);
    expect(refused("score-create", { ...base, traceId: "t" }, { context })).toBe("kept");
  });

  it("scores its token's session, and where there are no tokens any", () => {
    expect(score("score-create", base, { context: page })).toMatchObject({ sessionId: "s" });
    const alone = { writer: "browser" as const, bound: { fromPage: true } };
    for (const field of ["sessionId", "datasetRunId"]) {
      expect(score("score-create", { ...base, [field]: "x" }, { context: alone })).toMatchObject({
        [field]: "x",
      });
    }
  });
});
