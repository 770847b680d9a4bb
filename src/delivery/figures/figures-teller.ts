// Tells a project's figures to its metrics object, a batch at a time: a call and a row for each pass would cost more
// than the figures are worth. After a quiet time news are told at once, then every so often. A batch that fails goes
// once more, with its id, so that it counts once. Nothing here is durable: an isolate that is killed takes what it has
// gathered since. Never rejects; nothing that is delivered waits for it.
import { describeError, type logEvent } from "../../log.ts";
import type {
  FiguresBatch,
  FiguresCalls,
  LangfusePost,
  TellAnswer,
} from "../../protocol/figures/figures-calls.ts";
import type { TurnFigures } from "../../protocol/figures/turn-figures.ts";

/** News of a project are told so often at most: at a turn every three seconds for a third of the price of each. */
export const TELL_INTERVAL_MS = 10_000;
/** … or as soon as there are so many: adding them up takes the object some ten milliseconds. */
export const MAX_BATCH_TURNS = 256;
/** Most that waits while an object is slow; beyond it figures are left out, and that is logged. */
const MAX_WAITING_TURNS = 8 * MAX_BATCH_TURNS;
/** Posts of a batch; there is about one for a hundred turns. */
const MAX_BATCH_POSTS = 1_000;
export const TELL_TIMEOUT_MS = 3_000;
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
  shards: number;
  /** Resolves when all that was gathered before is told, or given up. */
  telling?: Promise<void> | undefined;
  /** Ends the wait of `telling`. */
  hurry?: (() => void) | undefined;
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
    gathered.telling ??= this.#tellSoon(publicKey, gathered);
    if (gathered.figures.length >= MAX_BATCH_TURNS) gathered.hurry?.();
  }

  /** Resolves when all that was added is told, or given up. */
  async flush(): Promise<void> {
    const projects = [...this.#projects.values()];
    await Promise.all(projects.flatMap(({ telling }) => telling ?? []));
  }

  async #tellSoon(publicKey: string, gathered: Gathered): Promise<void> {
    const { now, wait, everyMs } = this.#deps;
    const due = gathered.toldAt + everyMs - now();
    if (due > 0 && due <= everyMs && gathered.figures.length < MAX_BATCH_TURNS) {
      const hurried = new Promise<void>((resolve) => {
        gathered.hurry = resolve;
      });
      await Promise.race([wait(due), hurried]);
    }
    gathered.hurry = undefined;
    while (gathered.figures.length + gathered.posts.length > 0) {
      gathered.toldAt = now();
      await this.#tell(publicKey, gathered);
    }
    gathered.telling = undefined;
  }

  async #tell(publicKey: string, gathered: Gathered): Promise<void> {
    const { wait, log } = this.#deps;
    this.#batches += 1;
    const batch: FiguresBatch = {
      id: `${this.#deps.id}/${this.#batches}`,
      figures: gathered.figures.splice(0, MAX_BATCH_TURNS),
      posts: gathered.posts.splice(0),
      objects: [...gathered.objects],
    };
    gathered.objects.clear();
    const shard = this.#batches % gathered.shards;
    for (let last = false; ; last = true) {
      try {
        const { shards } = await this.#call(publicKey, shard, batch);
        // The first one knows how many there are; another one only asks for more.
        gathered.shards = shard === 0 ? shards : Math.max(shards, gathered.shards);
        return;
      } catch (error) {
        const { label } = gathered;
        if (last) return this.#notTold(label, batch.figures.length, describeError(error));
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

function newlyGathered(label: string): Gathered {
  return {
    label,
    figures: [],
    posts: [],
    objects: new Set(),
    toldAt: Number.NEGATIVE_INFINITY,
    shards: 1,
  };
}
