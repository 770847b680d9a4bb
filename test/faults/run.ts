// Runs variants, some at once, each with the seed of the run.
import type { Result } from "./result.ts";
import type { Variant } from "./scenario.ts";

export async function runAll(
  variants: readonly Variant[],
  seed: number,
  atOnce: number,
  done: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = [...variants];
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const result = await next.run(seed);
      results.push(result);
      done(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
