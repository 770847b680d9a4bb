const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/**
 * Milestones of one interaction, in milliseconds since it began; durations between two of them
 * stand beside them under a name of their own.
 *
 * @example
 * const latency = new LatencyTracker();
 * latency.mark("pre_api_flush");
 * trace.end({ metadata: { latencies: latency.latencies } });
 */
export class LatencyTracker {
  /** The trace's metadata `latencies`. */
  readonly latencies: Record<string, number> = {};
  readonly #began: number;

  /** `ago`: how long ago the user clicked, ms. */
  constructor(ago = 0) {
    this.#began = performance.now() - ago;
  }

  /** The first mark of a name stays: a milestone is passed once. `ago`: how long ago that was, ms. */
  mark(name: string, ago = 0): void {
    this.latencies[name] ??= rounded(performance.now() - this.#began - ago);
  }

  /** The duration between two marks, kept as a latency of its own; NaN, and not kept, while one is missing. */
  measure(name: string, from: string, to: string): number {
    const between = rounded((this.latencies[to] as number) - (this.latencies[from] as number));
    if (between >= 0) this.latencies[name] = between;
    return between;
  }
}
