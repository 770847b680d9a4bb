// What a question works with: variants to start, load to put on them, and a Langfuse that counts.
// Everything that it starts ends with it.
import { KEYS } from "../support/post.ts";
import { type Child, startChild } from "./hosts/child.ts";
import type { LangfuseCalls } from "./hosts/langfuse-host.ts";
import type { ServeCalls } from "./hosts/serve-host.ts";
import type { SeedCalls } from "./hosts/seed-host.ts";
import type { RunningWorker, WorkerCalls } from "./hosts/worker-host.ts";
import { libraryIn, recordTurn, type RunTurn } from "./library/record-turn.ts";
import type { LoadCalls } from "./load/generate.ts";
import type { LoadResult, Pace, Plan, RecordedTurn, Workload } from "./load/plan.ts";
import {
  buildScripts,
  type Scripts,
  TOKEN_SECRET,
  type VariantName,
  workerOf,
} from "./variants.ts";

/** How much is done: `smoke` only shows that everything still runs. */
export type Size = "full" | "smoke";

export interface Variant {
  name: string;
  url: string;
  /** The process that serves it; absent where the system does not tell. */
  pid?: number;
  /** The process that has started that one, and stays beside it. */
  command: number;
  /** Where its objects are stored. */
  state?: string;
  access: Plan["access"];
  /** Under which its Langfuse counts. */
  label: string;
  stop(): Promise<void>;
}

export interface VariantOptions {
  /** How its Langfuse behaves: answers after so many ms, or hangs up. */
  langfuse?: number | "down";
  /** State of an earlier run. */
  state?: string;
  /** How long its queue waits for more messages. */
  batchSeconds?: number;
}

/** The edge verifies them; the others don't look. */
const TOKENS: Plan["access"] = {
  kind: "token",
  publicKey: KEYS.publicKey,
  secret: TOKEN_SECRET,
};

export class Bench {
  readonly size: Size;
  readonly rounds: number;
  readonly folder: string;
  readonly scripts: Scripts;
  readonly turn: RecordedTurn;
  readonly runTurn: RunTurn;
  readonly langfuse: Child<LangfuseCalls>;
  readonly #langfuseUrl: string;
  readonly #load: Child<LoadCalls>;
  readonly #started = new Set<Child<never>>();
  #runs = 0;

  private constructor(made: {
    size: Size;
    rounds: number;
    folder: string;
    scripts: Scripts;
    turn: RecordedTurn;
    runTurn: RunTurn;
    langfuse: Child<LangfuseCalls>;
    langfuseUrl: string;
    load: Child<LoadCalls>;
  }) {
    this.size = made.size;
    this.rounds = made.rounds;
    this.folder = made.folder;
    this.scripts = made.scripts;
    this.turn = made.turn;
    this.runTurn = made.runTurn;
    this.langfuse = made.langfuse;
    this.#langfuseUrl = made.langfuseUrl;
    this.#load = made.load;
  }

  static async start(options: { size: Size; rounds: number; folder: string }): Promise<Bench> {
    const scripts = await buildScripts(options.folder);
    const runTurn = await libraryIn(options.folder);
    const langfuse = startChild<LangfuseCalls>("langfuse-host.ts");
    const langfuseUrl = await langfuse.call("start");
    const load = startChild<LoadCalls>("../load/generate.ts");
    const turn = await recordTurn(runTurn);
    return new Bench({ ...options, scripts, turn, runTurn, langfuse, langfuseUrl, load });
  }

  /** Of two values the one for this size. */
  pick<T>(full: T, smoke: T): T {
    return this.size === "full" ? full : smoke;
  }

  async variant(name: VariantName, given: VariantOptions = {}): Promise<Variant> {
    const { langfuse = 0, state, batchSeconds } = given;
    const label = this.#name(name);
    const behaviour = langfuse === "down" ? "down" : `after/${langfuse}`;
    const baseUrl = `${this.#langfuseUrl}/${label}/${behaviour}`;
    if (name === "seed") {
      const child = startChild<SeedCalls>("seed-host.ts");
      return this.#running(name, label, child, {
        url: await child.call("start", baseUrl),
        workerd: child.pid,
      });
    }
    const options = workerOf(name, this.scripts, baseUrl, batchSeconds);
    if (name === "served" || name === "wrangler-dev") {
      const host = name === "served" ? "serve-host.ts" : "wrangler-host.ts";
      const child = startChild<ServeCalls>(host);
      return this.#running(name, label, child, await child.call("start", options));
    }
    const child = startChild<WorkerCalls>("worker-host.ts");
    const running = await child.call("start", {
      ...options,
      ...(state !== undefined && { state }),
    });
    return this.#running(name, label, child, running);
  }

  #running(
    name: string,
    label: string,
    child: Child<never>,
    running: Pick<RunningWorker, "url" | "workerd"> & { state?: string; command?: number },
  ): Variant {
    const { url, workerd, state, command = child.pid } = running;
    this.#started.add(child);
    return {
      name,
      url,
      label,
      command,
      access: name === "edge-open" ? { kind: "nothing" } : TOKENS,
      ...(workerd !== undefined && { pid: workerd }),
      ...(state !== undefined && { state }),
      stop: async () => {
        this.#started.delete(child);
        await child.stop();
      },
    };
  }

  /** Puts load on a variant. Throws where requests failed: a figure of failures says nothing. */
  async load(variant: Variant, workload: Workload, pace: Pace): Promise<LoadResult> {
    const result = await this.#load.call("run", {
      url: variant.url,
      run: this.#name("run"),
      access: variant.access,
      workload,
      pace,
      turn: this.turn,
    });
    if (result.failed > 0) {
      const { failed, requests, failure } = result;
      throw new Error(`${variant.name}: ${failed} of ${requests} requests failed, ${failure}`);
    }
    return result;
  }

  #name(of: string): string {
    this.#runs += 1;
    return `${of}-${this.#runs}-${Date.now().toString(36)}`;
  }

  /** Ends what a question has left running. */
  async stopVariants(): Promise<void> {
    await Promise.all([...this.#started].map((child) => child.stop()));
    this.#started.clear();
  }

  async stop(): Promise<void> {
    await this.stopVariants();
    await Promise.all([this.langfuse.stop(), this.#load.stop()]);
  }
}
