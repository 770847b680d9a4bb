// Tells a project's figures to its metrics object, a batch at a time: a call and a row for each pass would cost more
// than the figures are worth. A batch that fails goes once more, with its id, so that it counts once. Nothing here is
// durable: an isolate that is killed takes what it has gathered. Never rejects; no delivery waits for it.
// Must not let one invocation work for those that come after it: the platform ends its work, and its promises never
// settle. Each waits for one telling, seconds away at most; one that is overdue is taken over by the next.
import { describeError, type logEvent } from "../../log.ts";
import type {
  FiguresBatch,
  FiguresCalls,
  LangfusePost,
  TellAnswer,
} from "../../protocol/figures/figures-calls.ts";
import type { TurnFigures } from "../../protocol/figures/turn-figures.ts";

/** After a quiet time news are told at once, then so often at most, while somebody reads the project's figures … */
export const TELL_INTERVAL_MS = 10_000;
/**
 * … and else so many times that long: at a turn every three seconds for a seventh of the price of each. Longer would
 * not do: what waits for its time, and then for an object that is slow, waits within the half minute of an invocation.
 */
export const UNREAD_FACTOR = 2;
/** … or as soon as there are so many: adding them up takes the object some ten milliseconds. */
export const MAX_BATCH_TURNS = 256;
/** Most that waits while an object is slow; beyond it figures are left out, and that is logged. */
const MAX_WAITING_TURNS = 8 * MAX_BATCH_TURNS;
/** Posts of a batch; there is about one for a hundred turns. */
const MAX_BATCH_POSTS = 1_000;
export const TELL_TIMEOUT_MS = 3_000;
/** A telling that is so late is taken for lost with the invocation that was to do it. */
const OVERDUE_MS = 1_000;
/** An object that moves or restarts is back after this. */
const RETRY_AFTER_MS = 1_000;

export interface TellerDeps {
  /** One of the project's metrics objects. */
  metrics: (publicKey: string, shard: number) => Pick<FiguresCalls, "tell">;
  /** Unlike any other isolate's. */
  id: string;
  everyMs: number;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  log: typeof logEvent;
}

export interface News {
  figures: readonly TurnFigures[];
  posts: readonly LangfusePost[];
  /** Ids of the objects. */
  objects: Iterable<string>;
}

interface Gathered {
  label: string;
  figures: TurnFigures[];
  posts: LangfusePost[];
  objects: Set<string>;
  toldAt: number;
  isRead: boolean;
  shards: number;
  /** When an invocation will tell all that is gathered then; epoch ms. */
  plannedAt: number;
}

export class FiguresTeller {
  readonly #deps: TellerDeps;
  readonly #projects = new Map<string, Gathered>();
  #batches = 0;

  constructor(deps: TellerDeps) {
    this.#deps = deps;
  }

  add(project: { publicKey: string; label: string }, { figures, posts, objects }: News): void {
    if (figures.length + posts.length === 0) return;
    const { publicKey, label } = project;
    const gathered = this.#projects.get(publicKey) ?? newlyGathered(label);
    this.#projects.set(publicKey, gathered);
    const room = Math.max(0, MAX_WAITING_TURNS - gathered.figures.length);
    gathered.figures.push(...figures.slice(0, room));
    gathered.posts.push(...posts.slice(0, MAX_BATCH_POSTS - gathered.posts.length));
    for (const object of objects) gathered.objects.add(object);
    const left = figures.length - room;
    if (left > 0) this.#notTold(label, left, "too many wait");
  }

  /** After each pass: tells what no other invocation will tell; undefined where there is nothing. */
  flush(): Promise<unknown> | undefined {
    const { now, everyMs } = this.#deps;
    const runs: Promise<void>[] = [];
    for (const [publicKey, gathered] of this.#projects) {
      const { figures, posts, plannedAt, toldAt, isRead } = gathered;
      if (figures.length + posts.length === 0) continue;
      const isFull = figures.length >= MAX_BATCH_TURNS;
      if (!isFull && now() <= plannedAt + OVERDUE_MS) continue;
      // A clock that went back is no reason to wait.
      const due =
        toldAt > now() || isFull ? now() : toldAt + everyMs * (isRead ? 1 : UNREAD_FACTOR);
      gathered.plannedAt = Math.max(due, now());
      runs.push(this.#run(publicKey, gathered, gathered.plannedAt));
    }
    return runs.length === 0 ? undefined : Promise.all(runs);
  }

  async #run(publicKey: string, gathered: Gathered, at: number): Promise<void> {
    const { now, wait } = this.#deps;
    if (at > now()) await wait(at - now());
    gathered.toldAt = now();
    gathered.plannedAt = Number.NEGATIVE_INFINITY;
    // What comes from now on is for those who bring it.
    const news: Taken = {
      figures: gathered.figures.splice(0),
      posts: gathered.posts.splice(0),
      objects: [...gathered.objects],
    };
    gathered.objects.clear();
    while (news.figures.length + news.posts.length > 0) {
      if (await this.#tell(publicKey, gathered, news)) continue;
      // An object that fails is not waited for once more; the rest goes with the next news.
      gathered.figures.unshift(...news.figures);
      return;
    }
  }

  /** Tells one batch of the news, and takes it off; false where it was not counted. */
  async #tell(publicKey: string, gathered: Gathered, news: Taken): Promise<boolean> {
    const { wait, log } = this.#deps;
    this.#batches += 1;
    const batch: FiguresBatch = {
      id: `${this.#deps.id}/${this.#batches}`,
      figures: news.figures.splice(0, MAX_BATCH_TURNS),
      posts: news.posts.splice(0),
      objects: news.objects.splice(0),
    };
    const shard = this.#batches % gathered.shards;
    for (let last = false; ; last = true) {
      try {
        const { shards, isRead = true } = await this.#call(publicKey, shard, batch);
        gathered.isRead = isRead;
        // The first one knows how many there are; another one only asks for more.
        gathered.shards = shard === 0 ? shards : Math.max(shards, gathered.shards);
        return true;
      } catch (error) {
        const { label } = gathered;
        if (last) {
          this.#notTold(label, batch.figures.length, describeError(error));
          return false;
        }
        log("info", "figures_delayed", { project: label, error: describeError(error) });
        await wait(RETRY_AFTER_MS);
      }
    }
  }

  #call(publicKey: string, shard: number, batch: FiguresBatch): Promise<TellAnswer> {
    const { metrics, wait } = this.#deps;
    const late = wait(TELL_TIMEOUT_MS).then((): never => {
      throw new Error("the metrics object did not answer in time");
    });
    return Promise.race([metrics(publicKey, shard).tell(batch), late]);
  }

  #notTold(project: string, turns: number, error: string): void {
    this.#deps.log("warn", "figures_not_told", { project, turns, error });
  }
}

type Taken = Pick<FiguresBatch, "figures" | "posts" | "objects">;

function newlyGathered(label: string): Gathered {
  return {
    label,
    figures: [],
    posts: [],
    objects: new Set(),
    toldAt: Number.NEGATIVE_INFINITY,
    plannedAt: Number.NEGATIVE_INFINITY,
    isRead: true,
    shards: 1,
  };
}
