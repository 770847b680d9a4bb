// A scenario: kinds of trouble that belong together, each variant a run of its own.
import type { FaultyEdge } from "./edge.ts";
import type { Told, World } from "./world.ts";

export interface Variant {
  name: string;
  /** Part of the short form, or of the long one only. */
  short: boolean;
  /** Another edge than the one that can be ordered about. */
  edge?: () => FaultyEdge;
  /** In a world of its own. */
  work: (world: World, seed: number) => Promise<Told>;
}

export interface Scenario {
  name: string;
  /** In words for the report. */
  tries: string;
  variants: Variant[];
}

export type NamedVariant = Variant & { scenario: string };

/** @param only names of scenarios, or `scenario/a part of a variant's name`, with commas; empty for all */
export function chosen(scenarios: readonly Scenario[], only: string): NamedVariant[] {
  const all = scenarios.flatMap(({ name: scenario, variants }) =>
    variants.map((variant) => ({ ...variant, scenario })),
  );
  if (only === "") return all;
  const wanted = only.split(/,(?! )/).map((one) => {
    const [scenario = "", ...part] = one.split("/");
    return { scenario, part: part.join("/") };
  });
  const found = all.filter(({ scenario, name }) =>
    wanted.some((one) => one.scenario === scenario && name.includes(one.part)),
  );
  if (found.length === 0) throw new Error(`no scenario is called ${only}`);
  return found;
}
