// The short form of the fault harness, all at once: what was acknowledged beside what arrived, record by
// record. `npm run faults` is the long form; with the seed that is printed it repeats a run.
import { expect, it } from "vitest";
import { brokenIn } from "../faults/report/result.ts";
import { run } from "../faults/run.ts";
import { chosen } from "../faults/scenario.ts";
import { SCENARIOS } from "../faults/scenarios/index.ts";

const seed = Date.now() % 1_000_000;
const variants = chosen(SCENARIOS, "").filter(({ short }) => short);

it.concurrent.each(variants)(
  `$scenario: $name, seed ${seed}`,
  async (variant) => {
    const result = await run(variant, seed);
    expect(result.judgement.expected).toBeGreaterThan(0);
    expect(brokenIn(result), `seed ${seed}`).toEqual([]);
  },
  150_000,
);
