// How much of a session's quota was used, minute by minute. Pure, and independent of what the quota is,
// so that every replay counts the same.

export const MINUTE_MS = 60_000;

/** Of one minute, by the edge's clock, and of the one before it. */
export interface UsageWindow {
  minute: number;
  actions: number;
  bytes: number;
  before: { actions: number; bytes: number };
}

export const EMPTY_WINDOW: UsageWindow = {
  minute: 0,
  actions: 0,
  bytes: 0,
  before: { actions: 0, bytes: 0 },
};

/** Counts what one request took. */
export function addUsage(
  used: UsageWindow,
  t: number,
  actions: number,
  bytes: number,
): UsageWindow {
  const now = inMinute(used, Math.floor(t / MINUTE_MS));
  return { ...now, actions: now.actions + actions, bytes: now.bytes + bytes };
}

function inMinute(used: UsageWindow, minute: number): UsageWindow {
  if (minute <= used.minute) return used;
  const { actions, bytes } = used;
  const before = minute === used.minute + 1 ? { actions, bytes } : { actions: 0, bytes: 0 };
  return { minute, actions: 0, bytes: 0, before };
}
