// A Langfuse in memory that does as a script says, and a delivery to it.
import { expect } from "vitest";
import { deliver, type DeliverDeps, type Delivery } from "../../../src/delivery/deliver.ts";
import type { EncodedRecord } from "../../../src/delivery/posts/pack.ts";
import type { LeaseBefore } from "../../../src/delivery/posts/pass-room.ts";
import { INVALID_JSON, wireBody } from "../../support/wire-body.ts";
import type { Send } from "../../../src/langfuse/post.ts";
import { posterTo } from "../../../src/langfuse/poster.ts";
import { encodedRecord } from "./posts/arbitrary-encoded.ts";

export type Fate = "taken" | "refused" | "too_large";

export interface Script {
  /** What Langfuse does with a request that holds the record; `taken` where nothing is said. */
  fates?: Map<string, Fate>;
  /** Answers before anything else, by number of the post from 1. */
  before?: (post: number, names: string[]) => Response | undefined;
  /** Requests of more bytes than this are too large. */
  maxBytes?: number;
  words?: (names: string[]) => string;
}

export const json = (status: number, body: unknown, headers?: Record<string, string>): Response =>
  Response.json(body, { status, ...(headers && { headers }) });

/** It takes a request whole or not at all, like the real one. */
class ScriptedLangfuse {
  /** Names of the records of each request, in order. */
  readonly requests: string[][] = [];
  readonly taken: string[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  readonly send: Send = async (request) => {
    const { pathname } = new URL(request.url);
    const raw = await request.bytes();
    const body = wireBody(pathname, request.headers.get("content-encoding"), raw);
    if (body === undefined) return new Response(INVALID_JSON, { status: 400 });
    const names = [...body.matchAll(/\d+\/\d+/g)].map(([name]) => name);
    this.requests.push(names);
    const { fates, before, maxBytes = Number.POSITIVE_INFINITY, words } = this.#script;
    const early = before?.(this.requests.length, names);
    if (early) return early;
    const met = new Set(names.map((name) => fates?.get(name) ?? "taken"));
    if (met.has("too_large") || body.length > maxBytes) return json(413, "too large");
    if (met.has("refused")) {
      const guilty = names.filter((name) => fates?.get(name) === "refused");
      return json(400, { error: words?.(guilty) ?? `bad record in ${guilty.join(" ")}` });
    }
    this.taken.push(...names);
    return json(200, {});
  };
}

const TOGETHER = { apart: false, proven: false };

const project = { publicKey: "pk", secretKey: "sk", baseUrl: "http://langfuse.test" };

/** Delivers what is given, in small requests, to a Langfuse that does as the script says. */
export async function run(
  given: { leases: number; records: EncodedRecord[] },
  script: Script,
  more: Partial<DeliverDeps> & { before?: LeaseBefore[] } = {},
): Promise<{ delivery: Delivery; langfuse: ScriptedLangfuse }> {
  const langfuse = new ScriptedLangfuse(script);
  const { send } = langfuse;
  const post = posterTo({ send, project, extraHeaders: {}, timeoutMs: 5000, now: () => 0 });
  const { before, ...deps } = more;
  const leases = before ?? Array.from({ length: given.leases }, () => ({}));
  const finished: number[] = [];
  const delivery = await deliver(given.records, leases, {
    post,
    stopReason: () => undefined,
    plans: { observation: TOGETHER, score: TOGETHER },
    lastDelivery: async () => undefined,
    random: () => 0.5,
    now: () => 0,
    limits: { bytes: 1000, count: { observation: 20, score: 5 } },
    ...deps,
    finished: async (some, outcomes) => {
      finished.push(...some);
      await deps.finished?.(some, outcomes);
    },
  });
  // Each lease is reported once, whatever became of it.
  expect(finished.toSorted((a, b) => a - b)).toEqual([...leases.keys()]);
  return { delivery, langfuse };
}

/** One lease of so many small records. */
export const row = (
  count: number,
  kind?: EncodedRecord["kind"],
): { leases: number; records: EncodedRecord[] } => ({
  leases: 1,
  records: Array.from({ length: count }, (_, ordinal) => encodedRecord(0, ordinal, 10, kind)),
});
