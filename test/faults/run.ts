// Runs variants, some at once, each with the seed of the run. One that throws stops no other: each ends the
// processes that it started.
import type { Result } from "./report/result.ts";
import type { NamedVariant } from "./scenario.ts";
import { inWorld } from "./world.ts";

export const run = ({ scenario, name, work }: NamedVariant, seed: number): Promise<Result> =>
  inWorld({ scenario, variant: name, seed }, (world) => {
    world.faults.push(`${scenario}: ${name}`);
    return work(world, seed);
  });

export async function runAll(
  variants: readonly NamedVariant[],
  seed: number,
  atOnce: number,
  done: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const failed: unknown[] = [];
  const rest = [...variants];
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      try {
        const result = await run(next, seed);
        results.push(result);
        done(result);
      } catch (error) {
        failed.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} runs broke off`);
  return results;
}
