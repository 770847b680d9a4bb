// A request's body, read in up to two steps: a first line that may say who speaks, then the rest once
// that is believed. What is held of it counts against the isolate's budget until the answer is made.
// An answer that leaves while the body still comes is lost on its way: so what nobody wants runs out
// first, within bounds, and without being held.
import { joinBytes } from "../protocol/bounded-body.ts";
import type { BodyBudget } from "./body-budget.ts";

/** How long a body may take: a page behind a slow line sends 4 MB in this time. */
export const ARRIVAL_MS = 60_000;
/** Most that runs out unread, and for how long: enough for who did not know the limit. */
export const RUN_OUT_BYTES = 16 * 1024 * 1024;
export const RUN_OUT_MS = 10_000;
/** A sender that is silent for so long waits for its answer. */
export const RUN_OUT_SILENCE_MS = 1000;

/** Why a body was not read to its end. */
export type Unread =
  /** It is larger than it may be. */
  | "too_large"
  /** The isolate holds as much as it may, of all its requests together. */
  | "no_room"
  | "too_slow";

export interface RequestBody {
  /**
   * The first line without its end, where it begins with `prefix`: it is then not part of the rest.
   * Where it has no end within `max` bytes, only the prefix. A body that breaks off has none.
   */
  takeLine: (prefix: string, max: number) => Promise<string | undefined | { unread: Unread }>;
  /** All that is left. Rejects where the body breaks off. */
  rest: (maxBytes: number) => Promise<Uint8Array | Unread>;
  /** Counts what was made of the body, beside it; false where there is no room. */
  hold: (bytes: number) => boolean;
  /** Nothing more is wanted: lets what still comes run out, and gives back what was held. */
  end: () => Promise<void>;
}

export interface BodyShell {
  budget: BodyBudget;
  /** Epoch ms. */
  now: () => number;
}

const NEWLINE = 10;

export function requestBody(
  { body, headers }: Pick<Request, "body" | "headers">,
  { budget, now }: BodyShell,
): RequestBody {
  const reader = body?.getReader();
  const share = budget.share();
  const arrivesBy = now() + ARRIVAL_MS;
  let held: Uint8Array = new Uint8Array();
  /** All has come, or nothing more will. */
  let over = reader === undefined;
  /** It broke off: every later read says so again. */
  let brokenBy: unknown;

  const next = async (waitMs: number): Promise<Uint8Array | "silent" | undefined> => {
    if (brokenBy !== undefined) throw brokenBy;
    if (reader === undefined || over) return undefined;
    try {
      const read = await within(waitMs, reader.read());
      if (read === "silent") return read;
      over = read.done;
      return read.value;
    } catch (error) {
      over = true;
      brokenBy = error ?? new Error("the body broke off");
      throw brokenBy;
    }
  };
  const nextHeld = async (): Promise<Uint8Array | Unread | undefined> => {
    const chunk = await next(Math.max(0, arrivesBy - now()));
    if (chunk === "silent") return "too_slow";
    if (chunk === undefined) return undefined;
    return budget.take(share, chunk.byteLength, now()) ? chunk : "no_room";
  };
  const runOut = async (): Promise<void> => {
    const until = now() + RUN_OUT_MS;
    let room = RUN_OUT_BYTES;
    if (Number(headers.get("content-length") ?? 0) > RUN_OUT_BYTES) room = 0;
    while (room > 0 && now() < until) {
      const chunk = await next(RUN_OUT_SILENCE_MS);
      if (chunk === undefined) return;
      if (chunk === "silent") break;
      room -= chunk.byteLength;
    }
    if (!over) await reader?.cancel();
  };

  return {
    takeLine: async (prefix, max) => {
      const wanted = new TextEncoder().encode(prefix);
      for (;;) {
        const mismatch = wanted.findIndex((byte, at) => at < held.length && held[at] !== byte);
        if (mismatch >= 0) return undefined;
        const end = held.indexOf(NEWLINE);
        if (end >= 0 ? end > max : held.length > max) return prefix;
        if (end >= 0) {
          const line = new TextDecoder().decode(held.subarray(0, end));
          if (!line.startsWith(prefix)) return undefined;
          held = held.subarray(end + 1);
          return line.endsWith("\r") ? line.slice(0, -1) : line;
        }
        // A body that broke off is over here; whoever wants the rest will hear of it.
        const chunk = await nextHeld().catch(() => undefined);
        if (typeof chunk === "string") return { unread: chunk };
        if (chunk === undefined) return held.length > wanted.length ? prefix : undefined;
        held = joinBytes([held, chunk]);
      }
    },
    rest: async (maxBytes) => {
      const chunks = [held];
      let length = held.length;
      held = new Uint8Array();
      for (;;) {
        const chunk = length > maxBytes ? "too_large" : await nextHeld();
        if (chunk === undefined) return joinBytes(chunks);
        if (typeof chunk === "string") {
          // At once: else bodies that arrive in step would all be refused for want of each other's room.
          budget.release(share);
          return chunk;
        }
        length += chunk.byteLength;
        chunks.push(chunk);
      }
    },
    hold: (bytes) => budget.take(share, bytes, now()),
    end: async () => {
      budget.release(share);
      held = new Uint8Array();
      // A body that breaks off is no reason to answer anything else.
      await runOut().catch(() => {});
    },
  };
}

/** What comes within this time; a read that is late stays under way. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | "silent"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<"silent">((resolve) => {
    timer = setTimeout(() => resolve("silent"), ms);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
