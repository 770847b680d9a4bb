// The clock of a session object: its time never goes back, and never stands still for long either. A step back of the
// edge's clock is noted in storage, a row each, so that an instance that comes later goes on from the same time.
import { timeFloor } from "../outbox/lease.ts";
import type { SessionState } from "../state.ts";
import { type ClockStep, clockTimeOf, sessionTime, STEP_TOLERANCE_MS } from "./session-time.ts";

/** No version's journal or letters have such a key. */
const STEP_KEY = "clock";

export interface ClockShell {
  /** The edge's clock, epoch ms. */
  clock: () => number;
  /** The step that storage has. */
  noted: () => ClockStep | undefined;
  note: (step: ClockStep) => void;
}

export function sessionClockOf({ kv }: Pick<DurableObjectStorage, "kv">): SessionClock {
  return new SessionClock({
    clock: () => Date.now(),
    noted: () => kv.get<ClockStep>(STEP_KEY),
    note: (step) => kv.put(STEP_KEY, step),
  });
}

export class SessionClock {
  readonly #shell: ClockShell;
  #step: ClockStep | undefined;
  #isRead = false;

  constructor(shell: ClockShell) {
    this.#shell = shell;
  }

  /**
   * The session's time, epoch ms.
   * @param reservation the one that this instance made, or that a claim carried to it
   * @throws where a step that is news can't be noted
   */
  now(state: SessionState, reservation: number | undefined): number {
    const floor = timeFloor(state, reservation);
    const clock = this.#shell.clock();
    const time = sessionTime(this.#step, clock);
    if (time >= floor - STEP_TOLERANCE_MS) return Math.max(time, floor);
    return this.#afterStep(clock, floor);
  }

  /** The edge's clock, epoch ms, when the session's time has come to `time`. */
  clockTimeOf(time: number): number {
    return clockTimeOf(this.#step, time);
  }

  #afterStep(clock: number, floor: number): number {
    if (!this.#isRead) {
      this.#step = this.#shell.noted();
      this.#isRead = true;
      const time = sessionTime(this.#step, clock);
      if (time >= floor - STEP_TOLERANCE_MS) return Math.max(time, floor);
    }
    const step = { at: clock, aheadMs: floor - clock };
    this.#shell.note(step);
    this.#step = step;
    return floor;
  }
}
