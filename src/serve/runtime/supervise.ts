// Keeps the runtime alive: started again when it ended by itself, stopped in order when somebody says so. In order
// means: what is under way to Langfuse is settled, then nobody new is let in, then those within are waited for.
// Whatever is cut off costs time, not data: an answer was given only for what is on the disk.
import type { LogRecord } from "../log-line.ts";
import { afterEnd, FRESH } from "./restart-rule.ts";
import type { Listening, RuntimeEnd, RuntimeLife } from "./runtime-process.ts";
import { ServeError } from "../serve-error.ts";

export interface SuperviseDeps {
  /** A new life; on that port, if there was one before. */
  start: (port?: number) => RuntimeLife;
  /** Asks the runtime to settle what is under way; resolves when it has, or can't. */
  drain: (controlPort: number, limitMs: number) => Promise<void>;
  onListening: (listening: Listening, life: RuntimeLife) => void;
  /** Aborted by a wish to end. Aborted a second time (`atOnce`) nothing is waited for. */
  stop: AbortSignal;
  atOnce: AbortSignal;
  log: (record: LogRecord) => void;
  /** Epoch ms. */
  now: () => number;
  /** Resolves after so many ms, or as soon as the signal is aborted; keeps no process alive without one. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** All of it stays below the ten seconds after which containers are killed. */
const DRAIN_MS = 6000;
const END_MS = 2500;

/** Resolves when it was stopped. @throws ServeError when the runtime can't be started */
export async function supervise(deps: SuperviseDeps): Promise<void> {
  const { start, onListening, stop, log, now, sleep } = deps;
  let state = FRESH;
  let port: number | undefined;
  for (;;) {
    const began = now();
    const life = start(port);
    const listening = await Promise.race([life.listening, aborted(stop)]);
    if (listening !== undefined) {
      port = listening.port;
      onListening(listening, life);
    }
    const end = await Promise.race([life.ended, aborted(stop)]);
    if (end === undefined) return stopLife(life, listening, deps);
    if (stop.aborted) return;
    const next = afterEnd(state, { listened: listening !== undefined, lifeMs: now() - began });
    if (next === "give up") throw cannotStart(end);
    log({ level: "error", event: "runtime_ended", how: end.how, restartMs: next.waitMs });
    state = next.state;
    await sleep(next.waitMs, stop);
    if (stop.aborted) return;
  }
}

async function stopLife(
  life: RuntimeLife,
  listening: Listening | undefined,
  { drain, atOnce, log, sleep }: SuperviseDeps,
): Promise<void> {
  const over = Promise.race([life.ended, aborted(atOnce)]);
  if (listening !== undefined && !atOnce.aborted) {
    await Promise.race([drain(listening.controlPort, DRAIN_MS), over]);
  }
  life.kill("SIGTERM");
  const end = await Promise.race([over, sleep(END_MS)]);
  if (end === undefined) {
    log({ level: "warn", event: "runtime_killed" });
    life.kill("SIGKILL");
  }
  await life.ended;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

function cannotStart({ how, lastLines }: RuntimeEnd): ServeError {
  const words = lastLines.slice(-3).join("\n");
  return new ServeError("start", `the runtime can't be started (${how})\n${words}`);
}
