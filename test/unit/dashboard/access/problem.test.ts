import { describe, expect, it } from "vitest";
import { problemOf, refusalOf } from "../../../../src/dashboard/access/problem.ts";

describe("a problem", () => {
  it.each([
    [0, "", true, /does not answer/, false, true],
    [401, "unauthorized", false, /^Sign in/, true, false],
    [401, "token_invalid", true, /not valid/, true, false],
    [401, "token_expired", true, /expired/, true, false],
    [403, "forbidden", true, /may not see/, true, false],
    [404, "not_found", true, /does not have/, false, false],
    [429, "rate_limited", true, /too often/, false, true],
    [503, "not_configured", false, /no project/, false, false],
    [503, "unavailable", true, /just now/, false, true],
    [502, "", true, /just now/, false, true],
    [400, "invalid_request", true, /did not understand/, false, false],
  ])("%s %s", (status, code, hadToken, title, signIn, passing) => {
    const problem = problemOf({ status, code, message: "its words" }, hadToken);
    expect(problem.title).toMatch(title);
    expect([problem.signIn, problem.passing]).toEqual([signIn, passing]);
    // Each says what to do.
    expect(problem.advice.length).toBeGreaterThan(20);
  });

  it("is read out of whatever stands in front of the edge", () => {
    const body = '{"success":false,"error":{"code":"token_expired","message":"m"}}';
    expect(refusalOf(401, body)).toEqual({ status: 401, code: "token_expired", message: "m" });
    for (const other of ["", "<html>", "null", "[]", '{"error":7}', '{"error":{"code":{}}}']) {
      expect(refusalOf(502, other)).toEqual({ status: 502, code: "", message: "" });
    }
  });
});
