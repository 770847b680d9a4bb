import fc from "fast-check";
import { expect, it } from "vitest";
import { claimedObjects, claimsFor } from "../../../src/delivery/claims.ts";

const claim = (project: string, object: string): object => ({ v: 1, project, object });

it("asks each object once, by project, in the order claimed", () => {
  const claims = [claim("p", "b"), claim("q", "a"), claim("p", "a"), claim("p", "b")];
  expect(claimedObjects(claims)).toEqual({
    byProject: new Map([
      ["p", [{ object: "b" }, { object: "a" }]],
      ["q", [{ object: "a" }]],
    ]),
    malformed: 0,
  });
});

it("takes a claim of a later version", () => {
  expect(claimedObjects([{ v: 2, project: "p", object: "a", more: true }]).malformed).toBe(0);
});

it.each([
  [null],
  ["text"],
  [7],
  [{}],
  [{ v: 1, project: "p" }],
  [{ v: 1, project: "p", object: 7 }],
  [{ v: 1, project: 7, object: "a" }],
  [{ v: 1, object: "a" }],
  [claim("p", "")],
  [[]],
])("counts %j and forgets it", (malformed) => {
  expect(claimedObjects([malformed, claim("p", "a")])).toEqual({
    byProject: new Map([["p", [{ object: "a" }]]]),
    malformed: 1,
  });
});

it("never throws, whatever a queue brings", () => {
  fc.assert(
    fc.property(fc.array(fc.anything()), (claims) => {
      expect(claimedObjects(claims).malformed).toBeLessThanOrEqual(claims.length);
    }),
  );
});

const claimedArb = fc.record(
  { object: fc.string({ minLength: 1 }), reservation: fc.integer({ min: 1 }) },
  { requiredKeys: ["object"], noNullPrototype: true },
);

it("claims any number of objects in few messages, and finds all of them again", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(claimedArb, { maxLength: 200, selector: ({ object }) => object }),
      (claimed) => {
        const claims = claimsFor("p", claimed);
        expect(claims.length).toBe(Math.ceil(claimed.length / 20));
        expect(claimedObjects(claims).byProject.get("p") ?? []).toEqual(claimed);
      },
    ),
  );
});

it("names each object in one message, and says no more than it has to", () => {
  const version = { v: 1, project: "p" };
  expect(claimsFor("p", [{ object: "a" }])).toEqual([{ ...version, object: "a" }]);
  const [first = { object: "" }, ...rest] = Array.from({ length: 20 }, (_, n) => ({
    object: `o${n}`,
  }));
  const more = rest.map(({ object }) => object);
  const last = { object: "last", reservation: 7 };
  expect(claimsFor("p", [first, ...rest, last])).toEqual([
    { ...version, object: first.object, more },
    { ...version, object: "last", reservations: [7] },
  ]);
  expect(claimsFor("p", [first, last])).toEqual([
    { ...version, object: first.object, more: ["last"], reservations: [0, 7] },
  ]);
});

it("brings along of each object the latest reservation, and none that it can't read", () => {
  const brought = (reservations: unknown): object => ({ ...claim("p", "a"), reservations });
  const reservationsOf = (...claims: object[]): unknown =>
    claimedObjects(claims)
      .byProject.get("p")
      ?.map(({ reservation }) => reservation);
  expect(reservationsOf(brought([3]), brought([5]), brought([4]))).toEqual([5]);
  expect(reservationsOf(brought([3]), claim("p", "a"))).toEqual([3]);
  for (const unreadable of ["7", ["7"], [1.5], [null], {}, [0]]) {
    expect(reservationsOf(brought(unreadable))).toEqual([undefined]);
  }
  // Places count, whatever stands at the others.
  const gap = { ...claim("p", "a"), more: [7, "c"], reservations: [1, 2, 3] };
  expect(claimedObjects([gap]).byProject.get("p")).toEqual([
    { object: "a", reservation: 1 },
    { object: "c", reservation: 3 },
  ]);
});

it("serves at least the first object of a claim whose others it can't read", () => {
  for (const more of ["text", [7, "", null], {}]) {
    const { byProject, malformed } = claimedObjects([{ v: 1, project: "p", object: "a", more }]);
    expect(byProject).toEqual(new Map([["p", [{ object: "a" }]]]));
    expect(malformed).toBe(0);
  }
});
