// Whether somebody watches a project, as far as this isolate knows: sessions tell the live hub only then. The hub is
// asked after a request was answered, at most once in a while for each project that has requests; with nobody
// watching that is all that the live view costs.
import { describeError, type logEvent } from "../../log.ts";
import { ASK_INTERVAL_MS, type LiveCalls } from "../../protocol/live/calls.ts";
import type { AppendRequest } from "../../protocol/session/append-calls.ts";
import type { SessionCalls } from "../../protocol/session-calls.ts";

/** An edge has a few projects. */
const MAX_PROJECTS = 200;

interface Known {
  askedAt: number;
  watchedUntil: number;
}

export class Watching {
  readonly #live: ((publicKey: string) => Pick<LiveCalls, "watched">) | undefined;
  readonly #now: () => number;
  readonly #log: typeof logEvent;
  readonly #known = new Map<string, Known>();
  readonly #due = new Set<string>();

  constructor(shell: {
    live: ((publicKey: string) => Pick<LiveCalls, "watched">) | undefined;
    now: () => number;
    log: typeof logEvent;
  }) {
    this.#live = shell.live;
    this.#now = shell.now;
    this.#log = shell.log;
  }

  /** The same object's calls, which say to it whether somebody watches. */
  wrap(calls: Pick<SessionCalls, "append">): Pick<SessionCalls, "append"> {
    return { append: (request) => calls.append(this.#marked(request)) };
  }

  /** Somebody watches from now on, as this isolate has just seen. */
  seen(publicKey: string, watchedUntil: number): void {
    this.#known.set(publicKey, { askedAt: this.#now(), watchedUntil });
  }

  /** As far as this isolate knows. */
  isWatched(publicKey: string): boolean {
    return (this.#known.get(publicKey)?.watchedUntil ?? 0) > this.#now();
  }

  /** After a request: asks what is due. Never rejects. */
  async flush(): Promise<void> {
    const due = [...this.#due];
    this.#due.clear();
    await Promise.all(due.map((publicKey) => this.#ask(publicKey)));
  }

  #marked(request: AppendRequest): AppendRequest {
    if (this.#live === undefined) return request;
    const now = this.#now();
    const known = this.#known.get(request.project);
    if (known === undefined || now - known.askedAt >= ASK_INTERVAL_MS)
      this.#due.add(request.project);
    const watchedUntil = known?.watchedUntil ?? 0;
    return watchedUntil > now ? { ...request, watchedUntil } : request;
  }

  async #ask(publicKey: string): Promise<void> {
    const before = this.#known.get(publicKey);
    if (this.#known.size >= MAX_PROJECTS) this.#known.clear();
    // Also while the answer is waited for, and where none comes.
    this.#known.set(publicKey, { watchedUntil: 0, ...before, askedAt: this.#now() });
    try {
      const state = await this.#live?.(publicKey).watched();
      this.seen(publicKey, state?.watchedUntil ?? 0);
    } catch (error) {
      this.#log("warn", "live_unreachable", { error: describeError(error) });
    }
  }
}
