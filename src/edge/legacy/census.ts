// Who still posts by Langfuse's older API: SDK and version with counts, for health and the log, so that somebody
// can bring them up to date. Counted in the isolate and told at most once a minute, and at once of a new one: each
// telling is a call and a row. An isolate that ends takes its last minute's counts with it.
import type { logEvent } from "../../log.ts";
import { describeError } from "../../log.ts";
import type { HealthCalls, LegacyCount } from "../../protocol/health-calls.ts";
import type { Sender } from "./sender.ts";

export const CENSUS_INTERVAL_MS = 60_000;
/** Of one project: strangers to it can't post, but what posts says its name itself. */
const MAX_SENDERS = 32;

export interface CensusDeps {
  health: (publicKey: string) => Pick<HealthCalls, "report">;
  now: () => number;
  log: typeof logEvent;
}

interface Counted {
  counts: Map<string, LegacyCount>;
  /** Senders that have been told of, the first of them. */
  told: Set<string>;
  toldAt: number;
}

export class Census {
  readonly #deps: CensusDeps;
  readonly #projects = new Map<string, Counted>();

  constructor(deps: CensusDeps) {
    this.#deps = deps;
  }

  count(publicKey: string, { sdk, version }: Sender, events: number): void {
    const fresh: Counted = { counts: new Map(), told: new Set(), toldAt: 0 };
    const project = this.#projects.get(publicKey) ?? fresh;
    this.#projects.set(publicKey, project);
    const name = `${sdk} ${version}`;
    const before = project.counts.get(name);
    if (before === undefined && project.counts.size >= MAX_SENDERS) return;
    const counted = {
      events: events + (before?.events ?? 0),
      requests: 1 + (before?.requests ?? 0),
    };
    project.counts.set(name, { sdk, version, ...counted });
  }

  /** Tells what is due. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all(Array.from(this.#projects, (entry) => this.#tell(...entry)));
  }

  async #tell(publicKey: string, project: Counted): Promise<void> {
    const { counts, told } = project;
    const at = this.#deps.now();
    // Whoever calls itself anew each time is no news after a while.
    const isNews = told.size < MAX_SENDERS && [...counts.keys()].some((name) => !told.has(name));
    if (counts.size === 0 || (!isNews && at < project.toldAt + CENSUS_INTERVAL_MS)) return;
    const legacy = [...counts.values()];
    for (const name of counts.keys()) if (told.size < MAX_SENDERS) told.add(name);
    project.counts = new Map();
    project.toldAt = at;
    for (const { sdk, version, events, requests } of legacy) {
      this.#deps.log("info", "legacy", { sdk, version, events, requests });
    }
    try {
      const nothing = { delivered: 0, dead: 0, pending: [], kinds: [] };
      await this.#deps.health(publicKey).report({ ...nothing, at, legacy });
    } catch (error) {
      this.#deps.log("warn", "health_not_told", { error: describeError(error) });
    }
  }
}
