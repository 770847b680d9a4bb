// Tells the project's ledger which dead letters this object has, until the ledger knows. The object is the
// truth: what it tells is always all of it. One call at a time; one that fails is made again by the alarm.
import { describeError, logEvent } from "../../log.ts";
import type {
  DeadLetterList,
  LedgerCalls,
  SourceReport,
} from "../../protocol/books/ledger-calls.ts";
import { ANNOUNCE_MAX_WAIT_MS, ANNOUNCE_RETRY_MS } from "../bounds.ts";
import type { InstanceMemory } from "../deadlines/alarm-time.ts";
import type { SessionState } from "../state.ts";
import { letterRefs, needsAnnouncement, ownReportOf, waitingReportOf } from "./books.ts";

/** A ledger answers within seconds. Shorter than the first wait: the alarm that ends that one finds none under way. */
const HANGING_MS = ANNOUNCE_RETRY_MS - 1_000;

export interface AnnouncerDeps {
  object: string;
  /** Of the project whose public key this is. */
  ledger: (project: string) => Pick<LedgerCalls, "announce" | "take">;
  memory: InstanceMemory;
  state: () => SessionState;
  /** The ledger knows of so many changes, and has this report: the journal is to remember it. */
  announced: (letters: number, report: SourceReport) => void;
  now: () => number;
}

export class Announcer {
  readonly #deps: AnnouncerDeps;
  #failures = 0;
  #running: { work: Promise<void>; since: number } | undefined;
  /** When this instance last reported figures by itself, epoch ms. */
  #reportedAt = 0;

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
  }

  /** Undefined where there is nothing to tell, or not yet. Never rejects. */
  announce(): Promise<void> | undefined {
    const { state, memory, now } = this.#deps;
    const running = this.#underWay();
    if (running !== undefined) return running;
    if (!needsAnnouncement(state()) || (memory.announceFrom ?? 0) > now()) return undefined;
    return this.#begin();
  }

  /** Somebody changed the letters, or looks at them: told now, however often it failed before. */
  announceNow(): Promise<void> | undefined {
    this.#deps.memory.announceFrom = undefined;
    return this.announce();
  }

  /** Before the object's end, whether or not there is a change that it is to tell; undefined where it is not yet time. */
  announceLast(): Promise<void> | undefined {
    const { memory, now } = this.#deps;
    return (memory.announceFrom ?? 0) > now() ? undefined : this.announceAgain();
  }

  /** Somebody looks at the object itself: perhaps the ledger has lost what it was told. */
  announceAgain(): Promise<void> {
    return this.#underWay() ?? this.#begin();
  }

  /** The call that is under way; none that hangs, or everything that is to be told would wait for its instance's end. */
  #underWay(): Promise<void> | undefined {
    const { work, since } = this.#running ?? {};
    return since !== undefined && this.#deps.now() - since < HANGING_MS ? work : undefined;
  }

  #begin(): Promise<void> {
    const running = { since: this.#deps.now(), work: this.#tell() };
    this.#running = running;
    return running.work.finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
  }

  /** The figures alone, of a session that holds something and that no consumer asks; not often. */
  async report(everyMs: number): Promise<void> {
    const { state, object, ledger, now } = this.#deps;
    const report = waitingReportOf(state());
    if (report === undefined || now() - this.#reportedAt < everyMs) return;
    this.#reportedAt = now();
    try {
      await ledger(state().project).take([{ source: object, ...report }]);
    } catch (error) {
      logEvent("warn", "ledger_not_told", { object, error: describeError(error) });
    }
  }

  async #tell(): Promise<void> {
    const { state, memory, object, ledger, announced, now } = this.#deps;
    const { project, books } = state();
    const report = ownReportOf(state());
    if (report === undefined) return;
    const list: DeadLetterList = { object, letters: letterRefs(state()) };
    // Also where this instance ends before the answer: then the alarm finds that nothing was announced.
    this.#waitLonger();
    try {
      const { known } = await ledger(project).announce(list, report);
      if (!known) {
        memory.announceFrom = now() + ANNOUNCE_MAX_WAIT_MS;
        return;
      }
      this.#failures = 0;
      memory.announceFrom = undefined;
      // The session may have been deleted, or have changed, meanwhile: only what was told is known.
      if (state().books.born !== books.born) return;
      announced(books.letters, report);
      if (needsAnnouncement(state())) await this.#tell();
    } catch (error) {
      logEvent("warn", "ledger_not_told", { object, error: describeError(error) });
    }
  }

  #waitLonger(): void {
    const { memory, now } = this.#deps;
    const wait = Math.min(ANNOUNCE_RETRY_MS * 2 ** this.#failures, ANNOUNCE_MAX_WAIT_MS);
    this.#failures += 1;
    memory.announceFrom = now() + wait;
  }
}
