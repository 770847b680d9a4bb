// Durations and moments as people read them. Pure: `now` is an argument; moments are in the reader's own zone.
import { UNKNOWN } from "./number.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `0.8 ms`, `420 ms`, `1.23 s`, `3.4 min`, `2.1 h`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return UNKNOWN;
  const size = Math.abs(ms);
  if (size !== 0 && size < 9.95) return `${Number(ms.toFixed(1))} ms`;
  if (size < 999.5) return `${Math.round(ms)} ms`;
  if (size < 2 * MINUTE_MS) return `${(ms / SECOND_MS).toFixed(size < 9_995 ? 2 : 1)} s`;
  if (size < 2 * HOUR_MS) return `${(ms / MINUTE_MS).toFixed(1)} min`;
  if (size < 2 * DAY_MS) return `${(ms / HOUR_MS).toFixed(1)} h`;
  return `${(ms / DAY_MS).toFixed(1)} days`;
}

/** `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `4 days ago`. */
export function ago(ms: number, now: number): string {
  const passed = now - ms;
  if (!Number.isFinite(passed)) return UNKNOWN;
  if (passed < 2 * SECOND_MS) return "just now";
  if (passed < MINUTE_MS) return `${Math.floor(passed / SECOND_MS)} s ago`;
  if (passed < HOUR_MS) return `${Math.floor(passed / MINUTE_MS)} min ago`;
  if (passed < 2 * DAY_MS) return `${Math.floor(passed / HOUR_MS)} h ago`;
  return `${Math.floor(passed / DAY_MS)} days ago`;
}

/** The time of a moment of today, with its date where it is another day. */
export function clock(ms: number, now: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  const today = date.toDateString() === new Date(now).toDateString();
  const time = new Intl.DateTimeFormat("en", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(date);
  if (today) return time;
  const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" }).format(date);
  return `${day}, ${time}`;
}

/** A moment on an axis or in a table, as exact as its grain needs: `14:05`, `28 Nov 14:00`, `28 Nov`. */
export function moment(ms: number, grainMs: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }).format(date);
  if (grainMs >= DAY_MS) return day;
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(date);
  return grainMs >= HOUR_MS ? `${day} ${time}` : time;
}
