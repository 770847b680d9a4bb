// Plays planned turns against an edge: the last hour in a moment, with its own times, and then an hour as it happens.
// Requests at once and in a second are bounded; it ends by itself, and at once when it is told to.
import { newUser, planTurn, type TurnPlan, type User } from "./plan-turn.ts";
import type { Random } from "./random.ts";
import { arrivals } from "./schedule.ts";
import { type TrafficAction, turnRequests } from "./turn-requests.ts";

export interface PlayerDeps {
  /** Resolves with whether the edge took it. */
  send: (body: object) => Promise<boolean>;
  now: () => number;
  /** Resolves after so long, and at once when it is told to stop. */
  wait: (ms: number) => Promise<void>;
  signal: AbortSignal;
}

/** Turns of the past that are sent in a second, at most. */
const PAST_TURNS_PER_SECOND = 15;
const PAST_AT_ONCE = 4;
/** Users that are about: the next turn is mostly of one of them. */
const USERS_ABOUT = 14;

export interface PlayLength {
  ms: number;
  /** Turns; default as many as a small chat has. */
  perMinute?: number;
}

export interface Played {
  turns: number;
  refused: number;
}

/** Users come, ask some turns and go. */
class Crowd {
  readonly #random: Random;
  readonly #about: User[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  next(progress: number): TurnPlan {
    const random = this.#random;
    if (this.#about.length < USERS_ABOUT) this.#about.push(newUser(random));
    const index = random.below(this.#about.length);
    const user = this.#about[index] ?? newUser(random);
    const plan = planTurn(random, user, progress);
    user.turnsLeft -= 1;
    if (user.turnsLeft <= 0) this.#about[index] = newUser(random);
    return plan;
  }
}

/** The request's envelope, with the numbers that order a client's actions. */
function envelope({ user }: TurnPlan, actions: readonly TrafficAction[], sentAt: number): object {
  const numbered = actions.map((action) => {
    const seq = user.seq;
    user.seq += 1;
    return { ...action, seq };
  });
  return { sessionId: user.sessionId, clientId: user.clientId, sentAt, actions: numbered };
}

/** The crowd, what came of its turns so far, and the way to the edge. */
function stage(random: Random, { send, now }: PlayerDeps) {
  const played: Played = { turns: 0, refused: 0 };
  const say = async (plan: TurnPlan, actions: readonly TrafficAction[]): Promise<void> => {
    if (!(await send(envelope(plan, actions, now())))) played.refused += 1;
  };
  return { crowd: new Crowd(random), played, say };
}

/** The hour before now, each turn in one request. */
export async function playPast(
  random: Random,
  length: PlayLength,
  deps: PlayerDeps,
): Promise<Played> {
  const { now, wait, signal } = deps;
  const lengthMs = length.ms;
  const { crowd, played, say } = stage(random, deps);
  const end = now();
  const moments = arrivals(random, lengthMs, length.perMinute);
  // Planned in their order, whoever is served first.
  const waiting = moments.map((at) => ({
    at: end - lengthMs + at,
    plan: crowd.next(at / lengthMs),
  }));
  const began = now();
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (signal.aborted) return;
      const { plan, at } = next;
      const requests = turnRequests(plan, at);
      const last = requests.at(-1)?.atMs ?? 0;
      // A turn that would still go on belongs to the hour to come.
      if (at + last > end) continue;
      const actions = requests.flatMap(({ actions }) => actions);
      played.turns += 1;
      await say(plan, actions);
      const due = began + (played.turns / PAST_TURNS_PER_SECOND) * 1000;
      await wait(Math.max(0, due - now()));
    }
  };
  await Promise.all(Array.from({ length: PAST_AT_ONCE }, lane));
  return played;
}

/** An hour as it happens, all of it of the latest release. */
export async function playOn(
  random: Random,
  length: PlayLength,
  deps: PlayerDeps,
): Promise<Played> {
  const { now, wait, signal } = deps;
  const { crowd, played, say } = stage(random, deps);
  const began = now();
  const until = (moment: number): Promise<void> => wait(Math.max(0, moment - now()));
  const play = async (plan: TurnPlan, clickedAt: number): Promise<void> => {
    played.turns += 1;
    for (const { atMs, actions } of turnRequests(plan, clickedAt)) {
      await until(clickedAt + atMs);
      if (signal.aborted) return;
      await say(plan, actions);
    }
  };
  const running: Promise<void>[] = [];
  for (const at of arrivals(random, length.ms, length.perMinute)) {
    await until(began + at);
    if (signal.aborted) break;
    running.push(play(crowd.next(1), now()));
  }
  await Promise.all(running);
  return played;
}
