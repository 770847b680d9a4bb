// A data point of Workers Analytics Engine, as its binding takes it. The limits are the platform's (November 2026):
// 20 blobs of 16 KB together, 20 doubles, one index of 96 bytes, 250 points an invocation.
export interface DataPoint {
  indexes: [string];
  blobs: string[];
  doubles: number[];
}

/** The binding, as far as it is used; writing waits for nothing. */
export interface DataPoints {
  writeDataPoint(point: DataPoint): void;
}
