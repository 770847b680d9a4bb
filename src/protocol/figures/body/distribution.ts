// How the values of a quantity are spread, in the JSON of figures. Only types.

export interface Distribution {
  /** Values. */
  count: number;
  mean: number | null;
  min: number | null;
  max: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  /** Adjacent bars of equal width on a logarithmic scale, at most 40; empty ones among them. */
  histogram: Bar[];
}

export interface Bar {
  from: number;
  to: number;
  count: number;
}
