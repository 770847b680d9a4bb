// Claims that this isolate's requests give rise to, gathered for a moment and sent together: a message
// costs the same whatever it carries. Nothing here is durable: claims that an isolate takes with it when it
// ends are made again by the object's alarm.
// Must not let one request work for those that come after it: the platform ends a request's work 30 s
// after its answer, its promises never settle and no `finally` runs. Each request waits for one send,
// a few seconds away at most, and one that is overdue is taken over by the next request.
import { describeError, type logEvent } from "../log.ts";
import type { Claim } from "../protocol/session/lease-calls.ts";
import type { SessionCalls } from "../protocol/session-calls.ts";
import { type Claimed, claimsFor } from "./claims.ts";

/** A claim that could be served waits so long for others: as long as the queue waits for more. */
const CLAIM_BATCH_MS = 1000;
/** Claims are left to the edge a second ahead at most (session/deadlines/alarm.ts): what is later is by a clock that goes otherwise. */
const MOST_AHEAD_MS = 2_000;
/** A send that is so late is taken for lost with the request that was to make it. */
const OVERDUE_MS = 1000;

const UNPLANNED = Number.NEGATIVE_INFINITY;

export interface ClaimBatcherDeps {
  send: (claims: readonly Claim[]) => Promise<void>;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  log: typeof logEvent;
}

interface Gathered extends Claimed {
  project: string;
  /** The object can be served from then on, epoch ms. */
  at: number;
}

type Taking = Pick<SessionCalls, "append" | "pending">;

export class ClaimBatcher {
  readonly #deps: ClaimBatcherDeps;
  /** By object. */
  readonly #gathered = new Map<string, Gathered>();
  /** The latest planned send that was not made, of all claims that can be served by then; epoch ms. */
  #plannedAt = UNPLANNED;

  constructor(deps: ClaimBatcherDeps) {
    this.#deps = deps;
  }

  /** The session, whose claims are sent from here. */
  wrap(session: Taking, object: string): Taking {
    return {
      pending: () => session.pending(),
      append: async (request) => {
        const answer = await session.append({ ...request, batchesClaims: true });
        const { claimAt: at, reservation } = answer;
        if (at !== undefined) {
          const { project } = request;
          const claimed = reservation === undefined ? { object } : { object, reservation };
          this.#gathered.set(object, { ...claimed, project, at });
        }
        return answer;
      },
    };
  }

  /** After each request: sends the claims that no other request will send; undefined where there are none. */
  flush(): Promise<void> | undefined {
    const now = this.#deps.now();
    const planned = this.#isAwaited(now) ? this.#plannedAt : UNPLANNED;
    for (const gathered of this.#gathered.values()) {
      gathered.at = Math.min(gathered.at, now + MOST_AHEAD_MS);
    }
    const times = Array.from(this.#gathered.values(), ({ at }) => at).filter((at) => at > planned);
    if (times.length === 0) return undefined;
    const until = Math.max(Math.min(...times) + CLAIM_BATCH_MS, now);
    this.#plannedAt = until;
    return this.#run(until);
  }

  /** Not where it is overdue, nor where the clock went back: then it may be minutes away. */
  #isAwaited(now: number): boolean {
    const leftMs = this.#plannedAt - now;
    return leftMs >= -OVERDUE_MS && leftMs <= MOST_AHEAD_MS + CLAIM_BATCH_MS;
  }

  async #run(until: number): Promise<void> {
    const { now, wait, log } = this.#deps;
    try {
      await wait(Math.max(until - now(), 0));
      if (this.#plannedAt === until) this.#plannedAt = UNPLANNED;
      await this.#send(until);
    } catch (error) {
      log("warn", "claims_not_sent", { error: describeError(error) });
    }
  }

  async #send(until: number): Promise<void> {
    const byProject = new Map<string, Claimed[]>();
    for (const gathered of this.#gathered.values()) {
      const { project, object, at } = gathered;
      if (at > until) continue;
      this.#gathered.delete(object);
      const some = byProject.get(project) ?? [];
      some.push(gathered);
      byProject.set(project, some);
    }
    if (byProject.size === 0) return;
    await this.#deps.send(
      [...byProject].flatMap(([project, claimed]) => claimsFor(project, claimed)),
    );
  }
}
