// Tells the project's live hub what changes in a session, while somebody watches. Nothing waits for it. One call is
// on its way at a time, and what changes meanwhile is gathered, so that a stream's many marks are few calls.
import { describeError, logEvent } from "../../log.ts";
import type { Action } from "../../protocol/change.ts";
import type { LiveTurn } from "../../protocol/live.ts";
import type { LiveCalls } from "../../protocol/live/calls.ts";
import { mergeTurn } from "../../protocol/live/merge.ts";
import type { AppendAnswer, AppendRequest } from "../../protocol/session/append-calls.ts";
import type { SessionState } from "../state.ts";
import { addOpen, addTraces, Changes } from "./changes.ts";
import { turnView } from "./turn-view.ts";

/** Traces that wait to be told; a request has few, and a hub that can't follow is not to be flooded. */
const MAX_WAITING = 50;
/**
 * What changes within this is one call. A flush begins a turn with several requests, and a call costs the objects'
 * time; a watcher sees a change within a second all the same.
 */
const GATHER_MS = 100;
/** A hub that does not answer in this is not waited for: a pending call keeps the object in memory, billed. */
const CALL_TIMEOUT_MS = 5_000;
/** … and is left alone for this long. */
const FAILED_QUIET_MS = 5_000;
/** A turn that was told of while somebody watched may end so long afterwards: longer than open observations wait. */
const REMEMBERED_MS = 35 * 60_000;
/** It is noted once in so long, a row each. */
const NOTE_MS = 10 * 60_000;

export interface TellerShell {
  /** The project's hub; undefined where none is bound. */
  hub: (publicKey: string) => Pick<LiveCalls, "tell"> | undefined;
  waitUntil: (promise: Promise<unknown>) => void;
  now: () => number;
  /** Rejects with the signal. */
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Payloads may be told. */
  content: boolean;
  /** What outlasts the object's memory: when something was told last while somebody watched, epoch ms; 0 for never. */
  noted: () => number;
  note: (at: number) => void;
}

export class LiveTeller {
  readonly #shell: TellerShell;
  #watchedUntil = 0;
  #quiet: Quiet = { from: 0, until: 0 };
  #isCalling = false;
  #notedAt: number | undefined;
  /** The number of the next record that was not told of. */
  #nextSeq = 1;
  readonly #waiting = new Map<string, LiveTurn>();
  #skipped = 0;

  constructor(shell: TellerShell) {
    this.#shell = shell;
  }

  /** The object was loaded, or begins anew: what was sealed before is no news. */
  startsAt({ nextSeq }: SessionState): void {
    this.#nextSeq = nextSeq;
  }

  /** The edge says until when somebody watches. */
  watched(state: SessionState, until: number): void {
    this.changed(state, [], until);
  }

  /** After a request was kept: tells what of it was taken. */
  appended(
    state: SessionState,
    { actions, watchedUntil }: AppendRequest,
    { results }: AppendAnswer,
  ): void {
    const accepted = actions.filter((_, index) => results[index]?.status === "accepted");
    this.changed(state, accepted, watchedUntil);
  }

  /**
   * After a step was kept: tells what these actions changed, and what was sealed since the last time; where nobody
   * watched before, all that is open.
   */
  changed(state: SessionState, actions: readonly Action[], watchedUntil = 0): void {
    try {
      this.#changed(state, actions, watchedUntil);
    } catch (error) {
      // What was kept is kept: the view of it is nobody's reason to fail.
      logEvent("warn", "live_untold", { error: describeError(error) });
    }
  }

  /** Something of the object was forgotten: what waits may be of it, and is told as it is without. */
  forgot(state: SessionState): void {
    const waiting = new Set(this.#waiting.keys());
    this.#waiting.clear();
    if (waiting.size === 0) return;
    try {
      const changes = new Changes();
      addTraces(changes, state, waiting);
      this.#tell(state, changes, this.#shell.now());
    } catch (error) {
      logEvent("warn", "live_untold", { error: describeError(error) });
    }
  }

  #changed(state: SessionState, actions: readonly Action[], watchedUntil: number): void {
    const now = this.#shell.now();
    const wasWatched = this.#watchedUntil > now;
    this.#watchedUntil = Math.max(this.#watchedUntil, watchedUntil);
    if (this.#watchedUntil <= now && !this.#mayBeWatched(now)) {
      this.#nextSeq = state.nextSeq;
      this.#waiting.clear();
      return;
    }
    const isNews = !wasWatched && this.#watchedUntil > now;
    const changes = new Changes();
    if (isNews) addOpen(changes, state, now);
    this.#addChanged(changes, state, actions);
    this.#tell(state, changes, now);
  }

  /**
   * The object slept, or its turn was silent, and no request says whether somebody watches still: its end, or that
   * nobody ended it, must be told to whoever saw it begin. The hub says whether there is anybody.
   */
  #mayBeWatched(now: number): boolean {
    this.#notedAt ??= this.#shell.noted();
    return now - this.#notedAt < REMEMBERED_MS && this.#notedAt <= now;
  }

  #note(now: number): void {
    this.#notedAt ??= this.#shell.noted();
    if (now - this.#notedAt < NOTE_MS && this.#notedAt <= now) return;
    this.#notedAt = now;
    this.#shell.note(now);
  }

  #tell(state: SessionState, { byTrace }: Changes, now: number): void {
    if (byTrace.size > 0 && this.#watchedUntil > now) this.#note(now);
    for (const [traceId, changed] of byTrace) {
      if (!this.#waiting.has(traceId) && this.#waiting.size >= MAX_WAITING) {
        this.#skipped += 1;
        continue;
      }
      const told = turnView(state, traceId, changed, this.#shell.content);
      this.#waiting.set(traceId, mergeTurn(this.#waiting.get(traceId), told));
    }
    this.#nextSeq = state.nextSeq;
    this.#send(state.project, now);
  }

  #addChanged(changes: Changes, { outbox }: SessionState, actions: readonly Action[]): void {
    // What was sealed first is told first: a draft of the same id is what came later.
    for (const record of this.#sealedIn(outbox)) changes.addRecord(record);
    for (const { change, drop } of actions) {
      // Nothing is kept of what a hook dropped.
      if (change.trace === "" || drop !== undefined) continue;
      changes.addTarget(change.trace, change.kind === "score" ? change.id : change.target);
    }
  }

  /** What was sealed since the last time. */
  #sealedIn(outbox: SessionState["outbox"]): SessionState["outbox"] {
    let first = outbox.length;
    while (first > 0 && (outbox[first - 1]?.seq ?? 0) >= this.#nextSeq) first -= 1;
    return outbox.slice(first);
  }

  #send(project: string, now: number): void {
    if (this.#isCalling || this.#waiting.size === 0) return;
    const turns = [...this.#waiting.values()];
    // An end is told in any case: nothing else may come of its turn.
    if (isQuiet(this.#quiet, now) && !turns.some(({ state }) => state === "ended")) return;
    const hub = this.#shell.hub(project);
    if (hub === undefined) return;
    this.#isCalling = true;
    this.#shell.waitUntil(this.#call(hub, project));
  }

  async #call(hub: Pick<LiveCalls, "tell">, project: string): Promise<void> {
    await this.#shell.wait(GATHER_MS);
    const turns = [...this.#waiting.values()];
    if (turns.length === 0) {
      this.#isCalling = false;
      return;
    }
    this.#waiting.clear();
    const skipped = this.#skipped;
    this.#skipped = 0;
    const timeout = new AbortController();
    try {
      const late = this.#shell.wait(CALL_TIMEOUT_MS, timeout.signal).then(() => {
        throw new Error("the live hub does not answer");
      });
      const answer = await Promise.race([hub.tell(turns, skipped), late]);
      this.#watchedUntil = answer.watchedUntil;
      if (answer.watchedUntil === 0) this.#notedAt = 0;
      this.#quiet = quietFor(answer.quietMs, this.#shell.now());
    } catch (error) {
      logEvent("debug", "live_untold", { error: describeError(error), turns: turns.length });
      this.#skipped += skipped + turns.length;
      this.#quiet = quietFor(FAILED_QUIET_MS, this.#shell.now());
    } finally {
      timeout.abort();
      this.#isCalling = false;
    }
    if (this.#watchedUntil > this.#shell.now()) this.#send(project, this.#shell.now());
    else this.#waiting.clear();
  }
}

/** The hub is left alone meanwhile, epoch ms. */
interface Quiet {
  from: number;
  until: number;
}

function quietFor(ms: number, now: number): Quiet {
  return { from: now, until: now + ms };
}

/** Not where the clock stepped back since: then its end may be minutes away. */
function isQuiet({ from, until }: Quiet, now: number): boolean {
  return from <= now && now < until;
}
