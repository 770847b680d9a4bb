import { describe, expect, it } from "vitest";
import { judge, type Judgement, SETTLE_MS } from "../../faults/judge/judge.ts";
import { recordsOf } from "../../faults/plan/plan.ts";
import type { Copy } from "../../faults/plan/records.ts";
import { copiesOf, copyOf, NOW, plan } from "./support.ts";

const expected = recordsOf(plan());
const good = copiesOf(plan());
const judged = (copies: readonly Copy[], kills: number[] = []): Judgement =>
  judge({ expected, open: new Set(), copies, kills });
const FOUND = ["lost", "wrong", "invented", "needless", "differing", "outOfOrder"] as const;
/** What is found, by kind, where anything is. */
const found = (judgement: Judgement): Record<string, number> =>
  Object.fromEntries(
    FOUND.filter((kind) => judgement[kind].length > 0).map((kind) => [
      kind,
      judgement[kind].length,
    ]),
  );

describe("a run in which all arrived once, as it was told", () => {
  it("has nothing to be found", () => {
    const judgement = judged(good);
    expect(found(judgement)).toEqual({});
    expect(judgement).toMatchObject({
      expected: expected.length,
      arrived: expected.length,
      twice: 0,
    });
  });
});

describe("what must not be is found", () => {
  it("a record that did not arrive", () => {
    for (const missing of good) {
      expect(found(judged(good.filter((copy) => copy !== missing)))).toEqual({ lost: 1 });
    }
  });

  it("each fact that is another one, or none", () => {
    for (const [n, copy] of good.entries()) {
      for (const name of Object.keys(expected[n]?.facts ?? {})) {
        for (const value of ["something else", undefined]) {
          const changed = { ...copy, facts: { ...copy.facts, [name]: value } };
          expect(found(judged(good.with(n, changed))), name).toEqual({ wrong: 1 });
        }
      }
    }
  });

  it("a record that nobody sent", () => {
    const copy: Copy = { ...good[0]!, key: "somebody/else" };
    expect(found(judged([...good, copy]))).toEqual({ invented: 1 });
  });

  it("a second copy with other content", () => {
    const again: Copy = { ...good[0]!, text: "other" };
    expect(found(judged([...good, again]))).toEqual({ differing: 1, needless: 1 });
  });

  it("a record of an earlier turn after one of a later turn", () => {
    const [first, ...rest] = good;
    const late = { ...first!, at: NOW + 1e6 };
    expect(found(judged([...rest, late]))).toEqual({ outOfOrder: 1 });
  });

  it("but not where both came in one request", () => {
    const together = good.map((copy) => ({ ...copy, at: NOW })).toReversed();
    expect(found(judged(together))).toEqual({});
  });
});

describe("a second copy", () => {
  const [first] = good;
  const at = first!.at + 60_000;
  const again: Copy = { ...first!, at };

  it("is needless after a good answer, whatever else was killed later", () => {
    const judgement = judged([...good, again], [first!.at - 1, first!.answeredAt! + SETTLE_MS + 1]);
    expect(found(judgement)).toEqual({ needless: 1 });
    expect(judgement.twice).toBe(1);
  });

  it("is not where a kill came before its answer was settled", () => {
    for (const kill of [first!.at, first!.answeredAt!, first!.answeredAt! + SETTLE_MS]) {
      const judgement = judged([...good, again], [kill]);
      expect(found(judgement)).toEqual({});
      expect(judgement.twice).toBe(1);
    }
  });

  it("is not where the answer to the first never left whole", () => {
    const { answeredAt: _never, ...unknown } = first!;
    expect(found(judged([unknown, ...good.slice(1), again]))).toEqual({});
  });

  it("is needless where a third follows it", () => {
    const { answeredAt: _never, ...unknown } = first!;
    const third = { ...again, at: at + 60_000 };
    expect(found(judged([unknown, ...good.slice(1), again, third]))).toEqual({ needless: 1 });
  });
});

describe("what is not judged", () => {
  it("a turn that was acknowledged in part", () => {
    const copy: Copy = { ...copyOf(expected[0]!), key: "half a turn" };
    const open = new Set(["half a turn"]);
    expect(found(judge({ expected, open, copies: [...good, copy], kills: [] }))).toEqual({});
  });

  it("when a record comes that was refused before, or failed alone", () => {
    const [first, ...rest] = good;
    const copies = [...rest, { ...first!, at: NOW + 1e6 }];
    const trial = { expected, open: new Set<string>(), copies, kills: [] };
    expect(found(judge({ ...trial, mayBePassed: new Set([first!.key]) }))).toEqual({});
    expect(found(judge({ ...trial, mayBePassed: new Set([rest[0]!.key]) }))).toEqual({
      outOfOrder: 1,
    });
  });

  it("whether a guilty record arrives, and when", () => {
    const poisoned = plan({ guilty: (_session, turn) => (turn === 0 ? ["stream"] : []) });
    const records = recordsOf(poisoned);
    const innocent = records.filter(({ guilty }) => !guilty).map((one) => copyOf(one, NOW));
    const guilty = records.filter((record) => record.guilty).map((one) => copyOf(one, NOW));
    const trial = { expected: records, open: new Set<string>(), kills: [] };
    expect(guilty).toHaveLength(2);
    expect(found(judge({ ...trial, copies: innocent }))).toEqual({});
    const late = judge({ ...trial, copies: [...innocent, ...guilty] });
    expect(found(late)).toEqual({});
    expect(late.guiltyTaken).toBe(2);
  });

  it("times within the tolerance", () => {
    const [record] = expected;
    const copy = copyOf(record!);
    const shifted = { ...copy, facts: { ...copy.facts, start: Number(copy.facts["start"]) + 100 } };
    const within = (toleranceMs: number) =>
      judge({
        expected: [{ ...record!, toleranceMs }],
        open: new Set(),
        copies: [shifted],
        kills: [],
      });
    expect(found(within(100))).toEqual({});
    expect(found(within(99))).toEqual({ wrong: 1 });
  });
});
