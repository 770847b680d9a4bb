// The short form of the fault harness, all at once: what was acknowledged beside what arrived, record by record, on
// any machine. `npm run faults` is the long form, with other plans each time; it judges how long things take, too.
import { expect, it } from "vitest";
import { untrueIn } from "../faults/report/result.ts";
import { run } from "../faults/run.ts";
import { chosen } from "../faults/scenario.ts";
import { SCENARIOS } from "../faults/scenarios/index.ts";

const SEED = 271_128;
/** All of them at once, beside the other journeys. */
const PATIENCE = 10;
const variants = chosen(SCENARIOS, "").filter(({ short }) => short);

it.concurrent.each(variants)(
  "$scenario: $name",
  async (variant) => {
    const result = await run(variant, SEED, PATIENCE);
    expect(result.judgement.expected).toBeGreaterThan(0);
    expect(untrueIn(result)).toEqual([]);
  },
  600_000,
);
