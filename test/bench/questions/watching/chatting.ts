// Sessions that chat while somebody watches, and how long each piece of a turn takes from the page's call to the
// watcher. One clock: the page and the watcher are of this process.
import type { LiveMessage } from "../../../../src/protocol/live.ts";
import type { Bench, Variant } from "../../bench.ts";
import { Histogram } from "../../load/histogram.ts";
import type { Latency } from "../../load/plan.ts";
import { Form } from "../../load/recorded.ts";
import { pageClient } from "../../page-client.ts";
import { watch } from "./watcher.ts";

/** What is waited for: that the turn is there at all, and that it is shown as ended. */
export type Piece = "begins" | "ends";
export type Seen = Record<Piece, Latency>;

export interface Pace {
  sessions: number;
  turnsPerSession: number;
  /** From a turn's first request to its last; shorter than in life, so that rounds end. */
  turnMs: number;
  /** From its last request to the user's next question. */
  thinkMs: number;
}

/** What is not shown by then never is. */
const PATIENCE_MS = 20_000;

export interface Chats {
  chat: (pace: Pace) => Promise<Seen>;
  close: () => void;
}

/** A watcher, and pages that chat. */
export async function chatsWatched({ turn }: Bench, variant: Variant): Promise<Chats> {
  const form = new Form(turn.bodies);
  const { post } = pageClient(variant);
  /** Resolved as the pieces come, by the client's trace id. */
  const waiting = new Map<string, Record<Piece, () => void>>();
  let skipped = 0;
  const told = (message: LiveMessage): void => {
    if (message.type === "skipped") {
      skipped += message.changes;
      return;
    }
    for (const { rawTraceId = "", state } of message.turns) {
      // The edge adds the owner's tag.
      const shown = waiting.get(rawTraceId.replace(/\.[0-9a-f]+$/, ""));
      shown?.begins();
      if (state === "ended") shown?.ends();
    }
  };
  const socket = await watch(variant.url, told);
  let runs = 0;

  const oneTurn = async (session: string, nth: number, pace: Pace, seen: Histograms) => {
    const client = `tab-${session}`;
    const bodies = form.bodies({ session, client, turn: nth, at: Date.now() });
    const traceId = traceIn(bodies[0] ?? "");
    const began = performance.now();
    let ended = Number.NaN;
    const begins = Promise.withResolvers<void>();
    const ends = Promise.withResolvers<void>();
    let [isBegun, isEnded] = [false, false];
    waiting.set(traceId, {
      begins: () => {
        if (!isBegun) seen.begins.record(performance.now() - began);
        isBegun = true;
        begins.resolve();
      },
      ends: () => {
        if (!isEnded) seen.ends.record(performance.now() - ended);
        isEnded = true;
        ends.resolve();
      },
    });
    for (const [index, body] of bodies.entries()) {
      if (index > 0) await passed(pace.turnMs / (bodies.length - 1));
      if (index === bodies.length - 1) ended = performance.now();
      const answer = await post(session, body);
      await answer.arrayBuffer();
    }
    await inTime(Promise.all([begins.promise, ends.promise]));
    waiting.delete(traceId);
  };

  return {
    chat: async (pace) => {
      runs += 1;
      const run = `${runs}-${Date.now().toString(36)}`;
      const seen: Histograms = { begins: new Histogram(), ends: new Histogram() };
      const session = async (n: number): Promise<void> => {
        // Users do not ask all at once.
        await passed((n * (pace.turnMs + pace.thinkMs)) / pace.sessions);
        for (let nth = 0; nth < pace.turnsPerSession; nth += 1) {
          await oneTurn(`live-${run}-${n}`, nth, pace, seen);
          await passed(pace.thinkMs);
        }
      };
      await Promise.all(Array.from({ length: pace.sessions }, (_, n) => session(n)));
      // Times of what was told say nothing of what was left out.
      if (skipped > 0) throw new Error(`${skipped} changes were left out`);
      return { begins: seen.begins.latency(), ends: seen.ends.latency() };
    },
    close: () => socket.close(),
  };
}

type Histograms = Record<Piece, Histogram>;

function traceIn(body: string): string {
  const { actions } = JSON.parse(body) as { actions: { data?: { traceId?: string } }[] };
  return actions.find(({ data }) => data?.traceId !== undefined)?.data?.traceId ?? "";
}

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function inTime<T>(shown: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("a turn was not shown")), PATIENCE_MS);
  });
  return Promise.race([shown, late]).finally(() => clearTimeout(timer));
}
