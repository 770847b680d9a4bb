// What the sink does with each call, on any SQLite: its Durable Object is a shell around this. Each
// call does all of its writing without awaiting, so that it is stored whole or not at all.
import type {
  Api,
  Behaviour,
  BriefObservation,
  RequestCounts,
  SeenFinding,
  SeenTrace,
} from "./view/answers.ts";
import type { Json } from "../../protocol/json/safe.ts";
import { misbehavedStatus } from "./behaviour.ts";
import { briefly, readObservation } from "./view/observation.ts";
import type { SinkAnswer, SinkCalls } from "./calls.ts";
import { inspect, type SinkRequest } from "./inspect/inspect.ts";
import type { SinkStore } from "./store.ts";
import { readTrace } from "./view/trace.ts";

/** A trace with more text than this is told with its texts cut: an answer has a largest size. */
const MAX_TOLD_LENGTH = 24 * 1024 * 1024;
const CUT_TO_LENGTH = 2_000;

export class StandIn implements SinkCalls {
  readonly #store: SinkStore;
  readonly #now: () => number;

  constructor(store: SinkStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async receive(request: SinkRequest): Promise<SinkAnswer> {
    const store = this.#store;
    const now = this.#now();
    const second = Math.floor(now / 1000);
    const verdict = inspect(request, store.known(second));
    if (verdict.losesSecond) store.loseSecond(second);
    for (const span of verdict.kept) store.addSpan(span, briefly(span.observation), second);
    for (const span of verdict.resent) store.addResent(span);
    for (const score of verdict.scores) store.addScore(score);
    store.addFindings(verdict.findings, now);
    store.countAnswer(request.api, verdict.status);
    store.trim();
    const { status, body, contentType } = verdict;
    return { status, body, contentType };
  }

  async traces(limit: number): Promise<SeenTrace<BriefObservation>[]> {
    const store = this.#store;
    return store
      .traceIds(limit)
      .map((id) => readTrace(id, store.briefs(id), store.scores(id)))
      .filter((trace) => trace !== undefined);
  }

  async trace(id: string): Promise<SeenTrace | undefined> {
    const stored = this.#store.spans(id).map(({ sent, times }) => ({
      observation: readObservation(sent),
      times,
    }));
    const trace = readTrace(id, stored, this.#store.scores(id));
    return trace && JSON.stringify(trace).length > MAX_TOLD_LENGTH ? cut(trace) : trace;
  }

  async findings(): Promise<SeenFinding[]> {
    return this.#store.findings();
  }

  async requests(): Promise<RequestCounts> {
    return this.#store.counts();
  }

  async clear(): Promise<void> {
    this.#store.clear();
  }

  async behave(behaviour: Behaviour): Promise<void> {
    this.#store.setBehaviour(behaviour);
  }

  async behaviour(): Promise<Behaviour> {
    return this.#store.behaviour();
  }

  async nextBehaviour(api: Api): Promise<Behaviour> {
    const behaviour = this.#store.behaviour();
    if (behaviour.times !== undefined) {
      const times = behaviour.times - 1;
      this.#store.setBehaviour(times > 0 ? { ...behaviour, times } : {});
    }
    const status = misbehavedStatus(behaviour);
    if (status !== undefined) this.#store.countAnswer(api, status);
    return behaviour;
  }
}

const short = (text: string): string =>
  text.length > CUT_TO_LENGTH ? `${text.slice(0, CUT_TO_LENGTH)}…` : text;

const shortened = (value: Json): Json => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > CUT_TO_LENGTH ? short(text) : value;
};

function cut(trace: SeenTrace): SeenTrace {
  const shorts = (values: Record<string, Json>): Record<string, Json> =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, shortened(value)]));
  const nodes = trace.nodes.map((node) => {
    const { input, output, metadata, traceMetadata } = node.observation;
    const observation = {
      ...node.observation,
      ...(input !== undefined && { input: short(input) }),
      ...(output !== undefined && { output: short(output) }),
      metadata: shorts(metadata),
      traceMetadata: Object.fromEntries(
        Object.entries(traceMetadata).map(([key, text]) => [key, short(text)]),
      ),
    };
    return { ...node, observation };
  });
  return { ...trace, nodes };
}
