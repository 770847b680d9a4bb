// Rounds in which each variant has its turn, so that a machine that slows down slows all of them.

/** What each variant measured in one round, by its name. */
export type Round<Name extends string, T> = Record<Name, T>;

/** Every other round goes backwards: nobody always comes after the same one. */
export async function interleave<Name extends string, T>(
  rounds: number,
  names: readonly Name[],
  measure: (name: Name, round: number) => Promise<T>,
): Promise<Round<Name, T>[]> {
  const all: Round<Name, T>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const found: Partial<Round<Name, T>> = {};
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      found[name] = await measure(name, round);
    }
    all.push(found as Round<Name, T>);
  }
  return all;
}
