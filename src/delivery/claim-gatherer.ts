// Claims that this isolate's requests give rise to, gathered for a moment and sent together: a message
// costs the same whatever it carries. Nothing here is durable: what an isolate takes with it when it
// ends is claimed again by the object's alarm.
import { describeError, type logEvent } from "../log.ts";
import type { Claim, SessionCalls } from "../protocol/session-calls.ts";
import { type Claimed, claimsFor } from "./claims.ts";

/** How long after it could be served a claim waits for others: as long as the queue waits for more. */
const GATHER_MS = 1000;

export interface GathererDeps {
  send: (claims: readonly Claim[]) => Promise<void>;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  log: typeof logEvent;
}

interface Gathered extends Claimed {
  project: string;
  /** When the object can be served, epoch ms. */
  at: number;
}

type Taking = Pick<SessionCalls, "append" | "pending">;

export class ClaimGatherer {
  readonly #deps: GathererDeps;
  /** By object. */
  readonly #gathered = new Map<string, Gathered>();
  #atWork = false;

  constructor(deps: GathererDeps) {
    this.#deps = deps;
  }

  /** The session, which leaves its claims to this. */
  around(session: Taking, object: string): Taking {
    return {
      pending: () => session.pending(),
      append: async (request) => {
        const answer = await session.append({ ...request, gathersClaims: true });
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

  /** After each request: sends what is gathered when its time comes. Undefined where another does. */
  work(): Promise<void> | undefined {
    if (this.#atWork || this.#gathered.size === 0) return undefined;
    this.#atWork = true;
    return this.#run();
  }

  async #run(): Promise<void> {
    const { now, wait, log } = this.#deps;
    try {
      while (this.#gathered.size > 0) {
        const first = Math.min(...Array.from(this.#gathered.values(), ({ at }) => at));
        const until = Math.max(first + GATHER_MS, now());
        await wait(until - now());
        await this.#send(until);
      }
    } catch (error) {
      log("warn", "claims_not_sent", { error: describeError(error) });
    } finally {
      this.#atWork = false;
    }
  }

  async #send(until: number): Promise<void> {
    const byProject = new Map<string, Claimed[]>();
    for (const gathered of this.#gathered.values()) {
      const { project, object, at } = gathered;
      if (at > until) continue;
      this.#gathered.delete(object);
      byProject.set(project, [...(byProject.get(project) ?? []), gathered]);
    }
    await this.#deps.send(
      [...byProject].flatMap(([project, claimed]) => claimsFor(project, claimed)),
    );
  }
}
