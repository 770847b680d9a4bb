import fc from "fast-check";
import { expect, it } from "vitest";
import { claimedObjects, claimsFor } from "../../../src/delivery/claims.ts";

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

it("claims any number of objects in few messages, and finds all of them again", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 200 }), (objects) => {
      const claims = claimsFor("p", objects);
      expect(claims.length).toBe(Math.ceil(objects.length / 20));
      expect([...(claimedObjects(claims).byProject.get("p") ?? [])]).toEqual(objects);
    }),
  );
});

it("serves at least the first object of a claim whose others it can't read", () => {
  for (const more of ["text", [7, "", null], {}]) {
    const { byProject, malformed } = claimedObjects([{ v: 1, project: "p", object: "a", more }]);
    expect(byProject).toEqual(new Map([["p", ["a"]]]));
    expect(malformed).toBe(0);
  }
});
