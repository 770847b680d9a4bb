import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claim, row, saidToBe, World } from "./consumer-world.ts";
import { runs } from "../../support/runs.ts";

const inOrder = (names: readonly string[]): string[] =>
  names.toSorted((a, b) => Number(a.split("/")[1]) - Number(b.split("/")[1]));

describe("in the end", () => {
  it("every record is delivered once, or dead, whatever fails on the way, and in order where nothing does", async () => {
    const answers = fc.constantFrom(200, 200, 200, 500, 429, 302, 401, 418);
    const sessions = fc.array(
      fc.record({ count: fc.integer({ min: 1, max: 8 }), size: fc.constantFrom(100, 400_000) }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        sessions,
        fc.array(answers, { maxLength: 12 }),
        fc.nat(30),
        async (shapes, codes, guilty) => {
          const world = new World();
          const all = shapes.map(({ count, size }, index) =>
            world.session(`s${index}`, saidToBe(size, row(`s${index}`, count))),
          );
          const names = shapes.flatMap(({ count }, index) =>
            Array.from({ length: count }, (_, at) => `s${index}/${at + 1}`),
          );
          const bad = names[guilty];
          const received: string[] = [];
          world.reply = (posted, count) => {
            const code = codes[count - 1] ?? 200;
            if (code !== 200) return Response.json({}, { status: code });
            if (bad !== undefined && posted.names.includes(bad)) {
              return Response.json(
                { error: "1 of 1 span(s) cannot be processed" },
                { status: 400 },
              );
            }
            received.push(...posted.names);
            return Response.json({});
          };
          for (let pass = 0; pass < 40 && all.some(({ outbox }) => outbox.length > 0); pass += 1) {
            await world.consume(...all.map((_, index) => claim(`s${index}`)));
            world.now += 16 * 60_000;
          }
          expect(all.flatMap(({ outbox }) => outbox)).toEqual([]);
          expect(received.toSorted()).toEqual(names.filter((name) => name !== bad).toSorted());
          for (const [index, session] of all.entries()) {
            const mine = received.filter((name) => name.startsWith(`s${index}/`));
            const told = session.delivered.map((ordinal) => `s${index}/${ordinal}`);
            expect(mine.toSorted()).toEqual(told.toSorted());
            // What fails alone does not keep back what is behind it.
            if (codes.every((code) => code === 200)) expect(told).toEqual(inOrder(told));
          }
          expect(all.flatMap(({ dead }) => dead).map(({ reason }) => reason)).toEqual(
            bad === undefined ? [] : ["refused"],
          );
        },
      ),
      {
        numRuns: runs(60),
        // A lane's request is under way while another one's answer defers the rest of its lease.
        examples: [
          [
            [
              { count: 3, size: 100 },
              { count: 1, size: 100 },
            ],
            [302, 302, 200, 302, 418, 200, 429],
            0,
          ],
        ],
      },
    );
  });

  it("nothing is dead of what a Langfuse refused that refused everything until then", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
        fc.nat(20),
        fc.constantFrom("Invalid JSON", "no"),
        async (counts, refusals, words) => {
          const world = new World();
          const all = counts.map((count, index) =>
            world.session(`s${index}`, saidToBe(100, row(`s${index}`, count))),
          );
          world.reply = (_posted, nth) =>
            nth <= refusals ? Response.json({ error: words }, { status: 400 }) : Response.json({});
          for (let pass = 0; pass < 40 && all.some(({ outbox }) => outbox.length > 0); pass += 1) {
            await world.consume(...all.map((_, index) => claim(`s${index}`)));
            world.now += 16 * 60_000;
          }
          expect(all.flatMap(({ dead }) => dead)).toEqual([]);
          expect(all.map(({ delivered }) => delivered.length)).toEqual(counts);
        },
      ),
      { numRuns: runs(100) },
    );
  });
});
