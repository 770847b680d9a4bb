// Whether somebody watches a project, as far as this isolate knows: sessions tell the live hub only then. The hub is
// asked after the request that begins a turn was answered, at most once in a while for each project; with nobody
// watching that is all that the live view costs. Where somebody does, the objects that were called meanwhile are told,
// so that the same turn is seen.
import { describeError, type logEvent } from "../../log.ts";
import { ASK_INTERVAL_MS, type LiveCalls } from "../../protocol/live/calls.ts";
import type { AppendRequest } from "../../protocol/session/append-calls.ts";
import type { SessionCalls } from "../../protocol/session-calls.ts";

/** An edge has a few projects. */
const MAX_PROJECTS = 200;
/** Objects that are told when the hub has answered; a request touches eight at most. */
const MAX_UNTOLD = 50;

type Told = Pick<SessionCalls, "watched">;

interface Known {
  askedAt: number;
  /** 0 where nobody watched when it was asked. */
  watchedUntil: number;
  /** A turn has begun since. */
  begun: boolean;
}

export class Watching {
  readonly #live: ((publicKey: string) => Pick<LiveCalls, "watched">) | undefined;
  readonly #now: () => number;
  readonly #log: typeof logEvent;
  readonly #known = new Map<string, Known>();
  /** Projects that are to be asked about, and the objects that were called without a word of it. */
  readonly #due = new Map<string, Told[]>();

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
  wrap(calls: Pick<SessionCalls, "append"> & Told): Pick<SessionCalls, "append"> {
    return { append: (request) => calls.append(this.#marked(request, calls)) };
  }

  /** Somebody watches from now on, as this isolate has just seen. */
  seen(publicKey: string, watchedUntil: number): void {
    this.#known.set(publicKey, { askedAt: this.#now(), watchedUntil, begun: false });
  }

  /** As far as this isolate knows. */
  isWatched(publicKey: string): boolean {
    return (this.#known.get(publicKey)?.watchedUntil ?? 0) > this.#now();
  }

  /** After a request: asks what is due. Never rejects. */
  async flush(): Promise<void> {
    const due = [...this.#due];
    this.#due.clear();
    await Promise.all(due.map(([publicKey, untold]) => this.#ask(publicKey, untold)));
  }

  #marked(request: AppendRequest, object: Told): AppendRequest {
    if (this.#live === undefined) return request;
    const { project } = request;
    const now = this.#now();
    const known = this.#known.get(project);
    const begun = known?.begun === true || beginsTurn(request);
    if (known !== undefined) known.begun = begun;
    const isStale = known === undefined || now - known.askedAt >= ASK_INTERVAL_MS;
    const { watchedUntil = 0 } = known ?? {};
    const isMarked = watchedUntil > now;
    // Where somebody watched, an end must be seen as well, and a call is worth it.
    if (isStale && (begun || watchedUntil > 0)) {
      const untold = this.#due.get(project) ?? [];
      this.#due.set(project, untold);
      if (!isMarked && untold.length < MAX_UNTOLD) untold.push(object);
    }
    return isMarked ? { ...request, watchedUntil } : request;
  }

  async #ask(publicKey: string, untold: readonly Told[]): Promise<void> {
    const before = this.#known.get(publicKey);
    if (this.#known.size >= MAX_PROJECTS) this.#known.clear();
    // Also while the answer is waited for, and where none comes.
    const { watchedUntil = 0 } = before ?? {};
    this.#known.set(publicKey, { watchedUntil, begun: false, askedAt: this.#now() });
    try {
      const state = await this.#live?.(publicKey).watched();
      const until = state?.watchedUntil ?? 0;
      const { begun = false } = this.#known.get(publicKey) ?? {};
      this.#known.set(publicKey, { askedAt: this.#now(), watchedUntil: until, begun });
      if (until <= this.#now()) return;
      await Promise.all(untold.map((object) => this.#tell(object, until)));
    } catch (error) {
      this.#log("warn", "live_unreachable", { error: describeError(error) });
    }
  }

  /** One that is of an earlier version, or away, hears of it with its next request. */
  async #tell(object: Told, until: number): Promise<void> {
    try {
      await object.watched(until);
    } catch (error) {
      this.#log("debug", "live_untold", { error: describeError(error) });
    }
  }
}

/** A trace's first action, or a span with no parent. */
function beginsTurn({ actions, spans }: AppendRequest): boolean {
  return (
    actions.some(
      ({ change }) => change.kind === "change" && change.op === "create" && change.root,
    ) || spans?.items.some(({ parentId }) => parentId === undefined) === true
  );
}
