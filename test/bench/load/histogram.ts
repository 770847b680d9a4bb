import { createHistogram } from "node:perf_hooks";
import type { Latency } from "./plan.ts";

/** Latencies, to three digits, in bounded space. */
export class Histogram {
  readonly #micros = createHistogram({ figures: 3 });

  record(ms: number): void {
    this.#micros.record(Math.max(1, Math.round(ms * 1000)));
  }

  percentile(p: number): number {
    return this.#micros.count === 0 ? 0 : this.#micros.percentile(p) / 1000;
  }

  latency(): Latency {
    const { count, max, mean } = this.#micros;
    return {
      count,
      p50: this.percentile(50),
      p90: this.percentile(90),
      p99: this.percentile(99),
      max: count === 0 ? 0 : max / 1000,
      mean: count === 0 ? 0 : mean / 1000,
    };
  }
}
