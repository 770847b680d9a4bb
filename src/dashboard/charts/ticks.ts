// Where the lines of an axis stand, and what they say. Pure.

/** Round steps of time, ms: what people count in. */
const TIME_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
];

/** From 0 up to at least `highest` in at most `most` round steps; the last tick is the axis's end. `whole`: of counts. */
export function ticksUpTo(
  highest: number,
  most: number,
  kind: "time" | "whole" | "" = "",
): number[] {
  if (!(highest > 0) || !Number.isFinite(highest)) return [0, 1];
  const least = Math.max(kind === "whole" ? 1 : 0, highest / Math.max(1, most));
  const step = (kind === "time" && TIME_STEPS.find((one) => one >= least)) || roundStep(least);
  const ticks: number[] = [];
  for (let i = 0; i === 0 || (ticks.at(-1) ?? 0) < highest; i += 1) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/** 1, 2 or 5 times a power of ten, at least this much. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * power >= least * 0.999999) ?? 10;
  return factor * power;
}

/** The powers of ten, with 2 and 5 between them where there is room, from below `low` to above `high`. */
export function logTicks(low: number, high: number, most: number): number[] {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return [1, 10];
  const from = Math.floor(Math.log10(low));
  const to = Math.max(from + 1, Math.ceil(Math.log10(high)));
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const all: number[] = [];
    for (let power = from; power < to; power += 1) {
      for (const factor of factors) all.push(Number((factor * 10 ** power).toPrecision(6)));
    }
    all.push(Number((10 ** to).toPrecision(6)));
    const first = Math.max(
      0,
      all.findLastIndex((tick) => tick <= low),
    );
    const after = all.findIndex((tick) => tick >= high);
    const ticks = all.slice(first, after < 0 ? undefined : Math.max(after, first + 1) + 1);
    if (ticks.length <= most) return ticks;
  }
  const ticks: number[] = [];
  const step = Math.ceil((to - from) / Math.max(1, most - 1));
  for (let power = from; power < to + step; power += step) ticks.push(10 ** power);
  return ticks;
}
