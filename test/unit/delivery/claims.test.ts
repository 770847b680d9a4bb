import fc from "fast-check";
import { expect, it } from "vitest";
import { claimedObjects } from "../../../src/delivery/claims.ts";

const claim = (project: string, object: string): object => ({ v: 1, project, object });

it("asks each object once, by project, in the order claimed", () => {
  const claims = [claim("p", "b"), claim("q", "a"), claim("p", "a"), claim("p", "b")];
  expect(claimedObjects(claims)).toEqual({
    byProject: new Map([
      ["p", ["b", "a"]],
      ["q", ["a"]],
    ]),
    malformed: 0,
  });
});

it("takes a claim of a later version", () => {
  expect(claimedObjects([{ v: 2, project: "p", object: "a", more: true }]).malformed).toBe(0);
});

it.each([[null], ["text"], [7], [{}], [{ v: 1, project: "p" }], [claim("p", "")], [[]]])(
  "counts %j and forgets it",
  (malformed) => {
    expect(claimedObjects([malformed, claim("p", "a")])).toEqual({
      byProject: new Map([["p", ["a"]]]),
      malformed: 1,
    });
  },
);

it("never throws, whatever a queue brings", () => {
  fc.assert(
    fc.property(fc.array(fc.anything()), (claims) => {
      expect(claimedObjects(claims).malformed).toBeLessThanOrEqual(claims.length);
    }),
  );
});
