// What older clients of Langfuse write, most of it a little wrong: batches, single events, lists of scores, and
// requests that go on to Langfuse.
import { EVENT_KINDS } from "../../src/edge/legacy/events/event-types.ts";
import type { Random } from "./random.ts";

export const INGESTION = "/api/public/ingestion";
/** Paths on which one event is posted, or a list of scores. */
const SINGLE = ["traces", "spans", "generations", "events", "scores"];
/** Paths that go on to Langfuse; in the first two ids are translated. */
const ONWARD = [
  "media",
  "dataset-run-items",
  "v2/scores?traceId=t%2F1",
  "traces/t%2F1",
  "projects",
];

/** Values of a field as some client writes it. */
const FIELDS: Readonly<Record<string, readonly unknown[]>> = {
  usage: [{}, null, { promptTokens: 3 }, { input: 1, output: "2", unit: "TOKENS" }, { total: -1 }],
  usageDetails: [
    { prompt_tokens: 3, prompt_tokens_details: { cached_tokens: 1 } },
    { input: 1e99 },
  ],
  costDetails: [{ input: 0.1 }, { input: [] }],
  level: ["ERROR", "FATAL", 3],
  tags: [["a", "b"], "a", [1], {}],
  metadata: [{ a: { b: 1 } }, [], "m", null],
  startTime: ["0001-01-01T00:00:00Z", "2026-11-22T12:00:00", 1, new Date().toISOString()],
  endTime: ["2026-11-22T12:00:00+00:00", "soon"],
  modelParameters: [{ maxTokens: 1 }, [], "x"],
  parentObservationId: [null, "o-1", "t-1"],
  promptVersion: ["0", 3, -1],
  environment: ["production", "Langfuse x", ""],
  sessionId: ["chat-1", null],
  public: [true, "yes"],
  dataType: ["NUMERIC", "BOOLEAN", "WORDS"],
};

function bodyOf(random: Random): Record<string, unknown> {
  const body: Record<string, unknown> = {
    id: random.one([`o-${random.below(20)}`, "a".repeat(900), "time-1_chatcmpl/x"]),
    traceId: random.one([`t-${random.below(40)}`, "0af7651916cd43dd8448eb211c80319c", null]),
    name: random.one(["answer", null, "n".repeat(2_000)]),
    value: random.one([1, "good", true]),
  };
  for (const [field, values] of Object.entries(FIELDS)) {
    if (random.chance(0.2)) body[field] = random.one(values);
  }
  return body;
}

function event(random: Random): Record<string, unknown> {
  return {
    id: random.one([`event-${random.below(500)}`, null, 7]),
    type: random.one(Object.keys(EVENT_KINDS)),
    timestamp: random.one([new Date(Date.now() - random.below(10_000)).toISOString(), "", null]),
    body: bodyOf(random),
  };
}

function batch(random: Random): Record<string, unknown> {
  return {
    batch: Array.from({ length: random.below(12) }, () => event(random)),
    metadata: { sdk_name: random.one(["langfuse-js", "python", ""]), sdk_version: "1" },
  };
}

export interface LegacyRequest {
  method: string;
  path: string;
  value: unknown;
}

export function legacyRequest(random: Random): LegacyRequest {
  if (random.chance(0.6)) return { method: "POST", path: INGESTION, value: batch(random) };
  if (random.chance(0.25)) {
    const path = `/api/public/${random.one(ONWARD)}`;
    return { method: random.one(["POST", "GET", "DELETE", "TRACE"]), path, value: bodyOf(random) };
  }
  const name = random.one(SINGLE);
  const isList = name === "scores" && random.chance(0.5);
  const value = isList
    ? Array.from({ length: random.below(5) }, () => bodyOf(random))
    : bodyOf(random);
  const method = random.chance(0.2) ? "PATCH" : "POST";
  return { method, path: `/api/public/${name}`, value };
}
