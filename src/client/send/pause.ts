const HALF_PAUSE_MS = 250;
const MAX_DOUBLINGS = 7;

/** The pause after so many failures in a row, ms: doubling, and never the same for all pages. */
export const pauseMs = (failures: number): number =>
  HALF_PAUSE_MS * 2 ** Math.min(failures, MAX_DOUBLINGS) * (1 + Math.random());
