// Langfuse's own paths of the built Worker, as clients of before v4 use them: beside a page's trace, over several
// requests, and for all that goes on to Langfuse.
import { once } from "node:events";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
  traceRecordId,
} from "../../src/protocol/ids.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, keyVars, post } from "../support/post.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
  type WireSpan,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

let langfuse: RecordingLangfuse;
let edge: RunningEdge;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  const soon = { TRACE_IDLE_SECONDS: "1", LANGFUSE_FLUSH_INTERVAL: "0.5" };
  edge = await startEdge({ vars: { ...keyVars(langfuse.url), ...soon } });
});
afterAll(async () => {
  await edge.stop();
  await langfuse.close();
});

const headers = { authorization: basic(), "content-type": "application/json" };
const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
let events = 0;
const event = (type: string, body: Record<string, unknown>) => ({
  id: `event-${(events += 1)}`,
  type,
  timestamp: at(0),
  body,
});

async function batch(...sent: ReturnType<typeof event>[]): Promise<void> {
  const body = JSON.stringify({
    batch: sent,
    metadata: { sdk_name: "python", sdk_version: "2.0.1" },
  });
  const answer = await fetch(`${edge.url}/api/public/ingestion`, { method: "POST", headers, body });
  expect(await answer.json()).toEqual({
    successes: sent.map(({ id }) => ({ id, status: 201 })),
    errors: [],
  });
}

const spansOf = (trace: string): WireSpan[] =>
  langfuse.spans().filter(({ traceId }) => traceId === langfuseTraceId(trace));

it("an old backend adds to a page's trace: one root, the page's name, its record below it", async () => {
  const trace = `ui2-${Date.now()}-join1`;
  const page = await post(edge.url, {
    sessionId: "chat-9",
    actions: [
      {
        action: "create_trace",
        data: { traceId: trace, name: "Research Assistant", input: "why?" },
      },
      {
        action: "create_span",
        data: { traceId: trace, spanId: "call", name: "frontend-backend-api-call" },
      },
    ],
  });
  expect(page.status).toBe(200);
  await batch(
    event("trace-create", { id: trace, name: "backend-assistant-Research", sessionId: "chat-9" }),
    event("generation-create", {
      id: "g",
      traceId: trace,
      name: "llm",
      startTime: at(0),
      endTime: at(5),
    }),
  );
  await post(edge.url, {
    sessionId: "chat-9",
    actions: [
      { action: "end_span", data: { traceId: trace, spanId: "call" } },
      { action: "end_trace", data: { traceId: trace, output: "so" } },
    ],
  });
  const spans = await until(() => spansOf(trace).length >= 4 && spansOf(trace));
  const id = langfuseTraceId(trace);
  const tree = new Map(
    spans.map(({ name, spanId, parentSpanId }) => [name, [spanId, parentSpanId]]),
  );
  expect(tree).toEqual(
    new Map([
      ["Research Assistant", [rootObservationId(id), undefined]],
      ["frontend-backend-api-call", [langfuseObservationId(id, "call"), rootObservationId(id)]],
      ["backend-assistant-Research", [traceRecordId(id), rootObservationId(id)]],
      ["llm", [langfuseObservationId(id, "g"), traceRecordId(id)]],
    ]),
  );
  const names = spans.map((span) => attributesOf(span)["langfuse.trace.name"]);
  expect(new Set(names)).toEqual(new Set(["Research Assistant", undefined]));
});

it("an update of a later request, which names no trace, finds it", async () => {
  await batch(
    event("trace-create", { id: "py1", name: "answer" }),
    event("span-create", { id: "py1-span", traceId: "py1", name: "work", startTime: at(-50) }),
  );
  await batch(event("span-update", { id: "py1-span", endTime: at(0), output: "done" }));
  const spans = await until(() => spansOf("py1").length >= 2 && spansOf("py1"));
  const work = spans.find(({ name }) => name === "work");
  expect(work && attributesOf(work)["langfuse.observation.output"]).toBe("done");
});

it("parts of one trace that come long after it was sent hang below it, with its name", async () => {
  await batch(event("trace-create", { id: "parts", name: "flow", sessionId: "s-1" }));
  await until(() => spansOf("parts").length === 1);
  await batch(
    event("span-create", {
      id: "part",
      traceId: "parts",
      name: "part",
      startTime: at(0),
      endTime: at(1),
    }),
  );
  const spans = await until(() => spansOf("parts").length === 2 && spansOf("parts"));
  const part = spans.find(({ name }) => name === "part");
  expect(part?.parentSpanId).toBe(rootObservationId(langfuseTraceId("parts")));
  expect(part && attributesOf(part)).toMatchObject({
    "langfuse.trace.name": "flow",
    "session.id": "s-1",
  });
});

it("who posts stands in health, for those that hold the keys, and in the log", async () => {
  await batch(event("trace-create", { id: "counted" }));
  type Legacy = { legacy?: { sdk: string; version: string; events: number; last: string }[] };
  const ask = async (): Promise<Legacy> =>
    (await fetch(`${edge.url}/api/langfuse/trace`, { headers: { authorization: basic() } })).json();
  const { legacy } = await until(async () => {
    const health = await ask();
    return health.legacy !== undefined && health;
  });
  expect(legacy).toMatchObject([{ sdk: "python", version: "2.0.1" }]);
  expect(edge.log()).toContain('{"event":"legacy","sdk":"python","version":"2.0.1"');
  const open = (await (await fetch(`${edge.url}/api/langfuse/trace`)).json()) as Legacy;
  expect(open.legacy).toBeUndefined();
});

describe("all else goes on to Langfuse", () => {
  interface Seen {
    method?: string | undefined;
    url?: string | undefined;
    length: number;
    authorization?: string | undefined;
  }
  const seen: Seen[] = [];
  const server = createServer((incoming, outgoing) => {
    let length = 0;
    incoming.on("data", (chunk: Buffer) => (length += chunk.length));
    incoming.on("end", () => {
      const { method, url, headers: given } = incoming;
      seen.push({ method, url, length, authorization: given.authorization });
      if (url === "/api/public/zipped") {
        const zipped = gzipSync('{"zipped":true}');
        outgoing.writeHead(200, {
          "content-type": "application/json",
          "content-encoding": "gzip",
          "content-length": zipped.length,
        });
        outgoing.end(zipped);
        return;
      }
      if (url === "/api/public/moved") {
        outgoing.writeHead(307, { location: "http://192.0.2.1/" }).end();
        return;
      }
      outgoing.writeHead(200, { "content-type": "application/json", etag: '"7"' });
      outgoing.write('{"a":');
      setImmediate(() => outgoing.end("1}"));
    });
  });
  let other: RunningEdge;
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    other = await startEdge({ vars: keyVars(`http://127.0.0.1:${port}`) });
  });
  afterAll(async () => {
    await other.stop();
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ["GET", undefined],
    ["POST", "x".repeat(300_000)],
    ["PATCH", "{}"],
    ["PUT", "{}"],
    ["DELETE", undefined],
  ])("%s", async (method, body) => {
    const answer = await fetch(`${other.url}/api/public/datasets/a%2Fb?x=1`, {
      method,
      headers,
      ...(body !== undefined && { body }),
    });
    expect([answer.status, answer.headers.get("etag"), await answer.json()]).toEqual([
      200,
      '"7"',
      { a: 1 },
    ]);
    expect(seen.at(-1)).toEqual({
      method,
      url: "/api/public/datasets/a%2Fb?x=1",
      length: body?.length ?? 0,
      authorization: basic(),
    });
  });

  it("HEAD, and a redirect that nobody follows here", async () => {
    const head = await fetch(`${other.url}/api/public/health`, { method: "HEAD", headers });
    expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, '"7"', ""]);
    expect(seen.at(-1)?.method).toBe("HEAD");
    const moved = await fetch(`${other.url}/api/public/moved`, { headers, redirect: "manual" });
    expect([moved.status, moved.headers.get("location")]).toEqual([307, "http://192.0.2.1/"]);
  });

  it("an answer that is compressed, and one that is to be", async () => {
    const zipped = await fetch(`${other.url}/api/public/zipped`, { headers });
    expect(await zipped.json()).toEqual({ zipped: true });
    const plain = await fetch(`${other.url}/api/public/zipped`, {
      headers: { ...headers, "accept-encoding": "identity" },
    });
    expect(await plain.json()).toEqual({ zipped: true });
  });

  it("nothing of a page", async () => {
    const before = seen.length;
    const answer = await fetch(`${other.url}/api/public/projects`, {
      headers: { ...headers, origin: "https://app.test" },
    });
    expect([answer.status, seen.length]).toEqual([403, before]);
  });
});
