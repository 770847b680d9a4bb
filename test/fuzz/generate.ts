// Requests by the contract's own grammar, most of them a little wrong: what is nearly right gets
// further in than noise does.
import { gzipSync } from "node:zlib";
import { ACTION_NAMES, observationData, scoreData, traceData } from "../../src/protocol/wire.ts";
import type { RawRequest } from "../support/raw-request.ts";
import { legacyRequest } from "./events.ts";
import { exportRequest } from "./exports.ts";
import { mutateBytes, mutateText, mutateValue } from "./mutate.ts";
import type { Random } from "./random.ts";

export interface Pools {
  /** What lets somebody in, as `Authorization`. */
  credentials: readonly string[];
  origins: readonly string[];
}

const FIELDS = [
  ...new Set([traceData, observationData, scoreData].flatMap(({ shape }) => Object.keys(shape))),
];
const TRACE = "/api/langfuse/trace";
const PATHS = [
  "/api/langfuse/token",
  "/api/langfuse/trace/",
  "/api/langfuse/session/chat-1",
  "/api/langfuse/trace?x=%00",
  "/api//langfuse/trace",
  "/%2e%2e/sink",
  "/",
];
const METHODS = ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"];
const TYPES = ["text/plain", "text/plain;charset=UTF-8", "text/html", "application/json;x=y", ""];
const ENCODINGS = ["br", "deflate", "gzip, gzip", "identity", "x-gzip"];

function action(random: Random): Record<string, unknown> {
  const values: Record<string, () => unknown> = {
    traceId: () => `trace-${random.below(40)}`,
    name: () => random.one(["Claude Assistant", "frontend-ui-processing", "streaming-response"]),
    type: () => random.one(["tool", "agent", "chain", "nothing"]),
    value: () => random.one([1, 0.5, true, "good"]),
    usage: () => ({ input: 3, output: random.below(1000), total: 10 }),
    level: () => random.one(["INFO", "WARNING", "ERROR"]),
    tags: () => ["a", "b"],
    public: () => random.chance(0.5),
  };
  const observation = `observation-${random.below(20)}`;
  const data: Record<string, unknown> = {
    traceId: values["traceId"]?.(),
    spanId: observation,
    name: values["name"]?.(),
    value: 1,
    type: "tool",
  };
  for (let i = 0; i < random.below(6); i += 1) {
    const field = random.one(FIELDS);
    const made = values[field]?.() ?? (/time/i.test(field) ? Date.now() : `${field} ${i}`);
    if (!field.endsWith("Id")) data[field] = made;
  }
  return {
    action: random.one(ACTION_NAMES),
    data,
    ...(random.chance(0.5) && { seq: random.below(200) }),
    ...(random.chance(0.2) && { id: `id-${random.below(100)}` }),
    ...(random.chance(0.3) && { at: Date.now() - random.below(10_000) }),
  };
}

function envelope(random: Random): Record<string, unknown> {
  const about = {
    ...(random.chance(0.6) && { sessionId: `chat-${random.below(10)}` }),
    ...(random.chance(0.6) && { clientId: `tab-${random.below(3)}` }),
    ...(random.chance(0.5) && { sentAt: Date.now() }),
  };
  if (random.chance(0.4)) return { ...action(random), ...about };
  return { ...about, actions: Array.from({ length: 1 + random.below(6) }, () => action(random)) };
}

function bodyOf(random: Random, given: unknown): string {
  let value = given;
  while (random.chance(0.45)) value = mutateValue(value, random);
  let text = JSON.stringify(value) ?? "";
  while (random.chance(0.2)) text = mutateText(text, random);
  if (random.chance(0.01)) text = '{"a":'.repeat(random.below(3000)) + text;
  if (random.chance(0.005)) text += " ".repeat(random.below(200_000));
  return text;
}

/** Header values that can be sent at all: what is not one is the client's own error. */
const sendable = (text: string): string => text.replace(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?");

/** What is asked for, before it is made a little wrong. */
function asked(random: Random): { method: string; path: string; value: unknown } {
  if (random.chance(0.2)) return legacyRequest(random);
  const path = random.chance(0.06) ? random.one(PATHS) : TRACE;
  return { method: "POST", path, value: envelope(random) };
}

export function requestOf(random: Random, pools: Pools): RawRequest {
  if (random.chance(0.2)) return exportRequest(random, pools);
  const { credentials, origins } = pools;
  const { path, value, ...right } = asked(random);
  const text = bodyOf(random, value);
  const headers: Record<string, string> = { "content-type": "application/json" };
  let body: string | Uint8Array = text;
  let shown: string | undefined = random.one(credentials);
  if (random.chance(0.15)) shown = mutateText(shown, random);
  if (random.chance(0.05)) shown = undefined;
  if (random.chance(0.7)) headers["origin"] = random.one(origins);
  if (random.chance(0.05)) headers["origin"] = mutateText(headers["origin"] ?? "https://", random);
  if (random.chance(0.1)) headers["content-type"] = random.one(TYPES);
  if (shown !== undefined && random.chance(0.1)) {
    headers["content-type"] = "text/plain";
    body = `${shown}\n${text}`;
    shown = undefined;
  }
  if (shown !== undefined) headers["authorization"] = shown;
  if (random.chance(0.15)) {
    headers["content-encoding"] = "gzip";
    body = gzipSync(body);
  }
  if (random.chance(0.03)) headers["content-encoding"] = random.one(ENCODINGS);
  if (random.chance(0.03)) body = Buffer.from(text, "utf16le");
  if (random.chance(0.1)) body = mutateBytes(Buffer.from(body), random);
  if (random.chance(0.02)) headers[`x-${random.below(9)}`] = text.slice(0, 300);
  const method = random.chance(0.04) ? random.one(METHODS) : right.method;
  return {
    method,
    path,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, sendable(value)]),
    ),
    ...(method !== "GET" && method !== "HEAD" && { body }),
    chunked: random.chance(0.1),
  };
}
