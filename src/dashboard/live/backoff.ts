const FIRST_MS = 300;
const MOST_MS = 15_000;

/** The wait before a further try, by the number of failures in a row; `chance` (0 to 1) spreads watchers. Pure. */
export function backoffMs(failures: number, chance: number): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(most * (0.5 + chance / 2));
}
