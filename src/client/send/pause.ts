const FIRST_PAUSE_MS = 500;
const MAX_DOUBLINGS = 6;

/** The pause after so many failures in a row, ms: doubling, and never the same for all pages. */
export const pauseMs = (failures: number): number =>
  FIRST_PAUSE_MS * 2 ** Math.min(failures, MAX_DOUBLINGS) * (1 + Math.random());
