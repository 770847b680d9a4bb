// Runs variants, some at once, each with the seed of the run. One that throws stops no other: each ends the
// processes that it started.
import type { Result } from "./report/result.ts";
import type { NamedVariant } from "./scenario.ts";
import { inWorld, type Told, type World } from "./world.ts";

export const run = (
  { scenario, name, work, edge }: NamedVariant,
  seed: number,
  patience = 1,
): Promise<Result> => {
  const tried = { scenario, variant: name, seed };
  const begin = (world: World): Promise<Told> => {
    world.faults.push(`${scenario}: ${name}`);
    return work(world, seed);
  };
  return inWorld(tried, begin, edge?.(), patience);
};

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
