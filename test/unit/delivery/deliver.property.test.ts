import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../../src/delivery/deliver.ts";
import type { EncodedRecord } from "../../../src/delivery/posts/pack.ts";
import { encodedRecords, nameOf } from "./posts/arbitrary-encoded.ts";
import { type Fate, json, run, type Script } from "./scripted-langfuse.ts";

/** Every record once: delivered, dead with a reason, or left because its lease says why. */
function ends({ leases }: Delivery, given: EncodedRecord[]): Map<string, string> {
  const result = new Map<string, string>();
  for (const [lease, { delivered, dead }] of leases.entries()) {
    for (const ordinal of delivered) add(nameOf({ lease, ordinal }), "delivered");
    for (const { ordinal, reason } of dead) add(nameOf({ lease, ordinal }), reason);
  }
  for (const one of given) {
    if (result.has(nameOf(one))) continue;
    const { retry, setAside = [] } = leases[one.lease] ?? {};
    expect(retry?.kinds?.includes(one.kind) === true || setAside.includes(one.ordinal)).toBe(true);
    result.set(nameOf(one), "left");
  }
  expect(result.size).toBe(given.length);
  return result;

  function add(name: string, end: string): void {
    expect(result.has(name)).toBe(false);
    result.set(name, end);
  }
}

const fate = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Fate>("taken") },
  { weight: 1, arbitrary: fc.constant<Fate>("refused") },
  { weight: 1, arbitrary: fc.constant<Fate>("too_large") },
);

const scripted = encodedRecords.chain((given) =>
  fc.record({
    given: fc.constant(given),
    fates: fc
      .array(fate, { minLength: given.records.length, maxLength: given.records.length })
      .map(
        (all) => new Map(given.records.map((one, index) => [nameOf(one), all[index] ?? "taken"])),
      ),
  }),
);

describe("whatever Langfuse refuses", () => {
  it("the guilty records die with its words, the others delivered, each exactly once", async () => {
    await fc.assert(
      fc.asyncProperty(scripted, async ({ given, fates }) => {
        let unproven = false;
        const { delivery, langfuse } = await run(given, { fates }, { maxPosts: 1000 });
        const result = ends(delivery, given.records);
        for (const one of given.records) {
          const met = fates.get(nameOf(one));
          // A refusal is the record's fault only where another of its kind was taken.
          const proven = given.records.some(
            ({ kind, ...its }) => kind === one.kind && fates.get(nameOf(its)) === "taken",
          );
          const end = met === "taken" ? "delivered" : met;
          expect(result.get(nameOf(one))).toBe(met === "refused" && !proven ? "left" : end);
          if (!proven) unproven = true;
        }
        expect(new Set(langfuse.taken).size).toBe(langfuse.taken.length);
        if (!unproven) expect(delivery.failure).toBeUndefined();
      }),
    );
  });

  it("each record ends once when it also fails at random and posts are few, and in order where it does not", async () => {
    const failures = fc.array(
      fc.constantFrom(undefined, undefined, undefined, 500, 429, 401, 302, 418),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        scripted,
        failures,
        fc.integer({ min: 1, max: 30 }),
        async (one, codes, maxPosts) => {
          const before: Script["before"] = (post) => {
            const code = codes[post - 1];
            return code === undefined ? undefined : json(code, {});
          };
          const { delivery, langfuse } = await run(
            one.given,
            { fates: one.fates, before },
            { maxPosts },
          );
          const result = ends(delivery, one.given.records);
          expect(langfuse.requests.length).toBeLessThanOrEqual(maxPosts);
          expect(delivery.posts).toBe(langfuse.requests.length);
          const delivered = [...result]
            .filter(([, end]) => end === "delivered")
            .map(([name]) => name);
          expect(new Set(delivered)).toEqual(new Set(langfuse.taken));
          expect(new Set(langfuse.taken).size).toBe(langfuse.taken.length);
          if (codes.every((code) => code === undefined))
            expectOrder(one.given.records, result, one.fates);
          for (const [name, end] of result) {
            if (end !== "delivered" && end !== "left") expect(one.fates.get(name)).toBe(end);
          }
        },
      ),
    );
  });

  /** Within a lease and a kind, nothing is delivered after something that was left. */
  function expectOrder(
    given: EncodedRecord[],
    result: Map<string, string>,
    fates: ReadonlyMap<string, string>,
  ): void {
    const left = new Set<string>();
    for (const one of given) {
      const line = `${one.lease} ${one.kind}`;
      const end = result.get(nameOf(one));
      // A record that is refused keeps nothing back, also where no post is left to ask once more.
      if (end === "left" && fates.get(nameOf(one)) === "taken") left.add(line);
      if (end === "delivered") expect(left.has(line)).toBe(false);
    }
  }
});
