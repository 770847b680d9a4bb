// How many requests came in the busiest second. Pure.
export function mostASecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let from = 0;
  let most = 0;
  for (const [to, time] of sorted.entries()) {
    while ((sorted[from] ?? time) <= time - 1_000) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
