// Many large bodies at once, and bodies that nobody wants, against the built Worker: what it holds is
// bounded over all of them, and each sender gets its answer.
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { KEYS, keyVars } from "../support/post.ts";
import { type RawAnswer, sendRaw } from "../support/raw-request.ts";
import { memoryOf, runtimeOf } from "../support/runtime-memory.ts";
import { until } from "../support/until.ts";

const MEBI = 1024 * 1024;
const authorization = `Basic ${btoa(`${KEYS.publicKey}:${KEYS.secretKey}`)}`;
const headers = { "content-type": "application/json", authorization };
const spanOf = (bytes: number): string =>
  JSON.stringify({ action: "create_event", data: { traceId: "t", input: "x".repeat(bytes) } });
const LARGE = spanOf(4 * MEBI - 200);
const SMALL = spanOf(1000);

let edge: RunningEdge;
beforeAll(async () => {
  edge = await startEdge({ vars: keyVars("http://127.0.0.1:9") });
});
afterAll(() => edge.stop());

const send = (body: string | Uint8Array, more: Record<string, string> = {}): Promise<RawAnswer> =>
  sendRaw(edge.url, { headers: { ...headers, ...more }, body });

describe.each([
  ["as they are", LARGE, {}],
  ["compressed to some kilobytes", gzipSync(LARGE), { "content-encoding": "gzip" }],
])("a hundred bodies of 4 MB at once, %s,", (_, sent, more) => {
  test("are taken, or told to come again; a small one beside them is taken; and memory stays bounded", async () => {
    expect((await send(sent, more)).status).toBe(200);
    // Only Linux says how much another process holds.
    const runtime = process.platform === "linux" ? runtimeOf(process.pid) : undefined;
    const memory = (): number => (runtime === undefined ? 0 : memoryOf(runtime));
    const before = memory();
    const large = Array.from({ length: 100 }, () => send(sent, more));
    const small = Array.from({ length: 20 }, () => send(SMALL));
    for (const { status } of await Promise.all(small)) expect(status).toBe(200);
    const answers = await Promise.all(large);
    for (const { status, headers: told, body } of answers) {
      if (status === 200) continue;
      expect([status, told["retry-after"]]).toEqual([503, "1"]);
      expect(JSON.parse(body)).toMatchObject({ error: { code: "overloaded" } });
    }
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(503);
    expect(memory() - before).toBeLessThan(500);
    expect((await send(LARGE)).status).toBe(200);
  });
});

test("a server's largest exports at once are taken, or told to come again, in bounded memory", async () => {
  const exportOf = (n: number): Uint8Array => {
    const spans = Array.from({ length: 512 }, (_, nth) => ({
      traceId: String(n + 1).padStart(32, "0"),
      spanId: String(nth + 1).padStart(16, "0"),
      name: "chat",
      startTimeUnixNano: `${Date.now()}000000`,
      endTimeUnixNano: `${Date.now()}000000`,
      attributes: [
        { key: "session.id", value: { stringValue: `export-${n}` } },
        { key: "langfuse.observation.input", value: { stringValue: "x".repeat(15_900) } },
      ],
    }));
    return gzipSync(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  };
  const exports = Array.from({ length: 12 }, (_, n) => exportOf(n));
  const more = { "content-encoding": "gzip" };
  const request = (body: Uint8Array): Promise<RawAnswer> =>
    sendRaw(edge.url, { path: "/v1/traces", headers: { ...headers, ...more }, body });
  const runtime = process.platform === "linux" ? runtimeOf(process.pid) : undefined;
  const memory = (): number => (runtime === undefined ? 0 : memoryOf(runtime));
  const before = memory();
  const answers = await Promise.all(exports.map(request));
  for (const { status, headers: told } of answers) {
    if (status !== 200) expect([status, told["retry-after"]]).toEqual([503, "1"]);
  }
  expect(answers.map(({ status }) => status)).toContain(200);
  // As exporters do, until all is taken.
  for (const [n, { status }] of answers.entries()) {
    if (status === 200) continue;
    await until(async () => (await request(exports[n] ?? new Uint8Array())).status === 200);
  }
  expect(memory() - before).toBeLessThan(800);
});

describe("a client that goes away in the middle of its body", () => {
  /** Sends a part of a body, and is gone. */
  function sendPart(): Promise<void> {
    const { hostname, port } = new URL(edge.url);
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        const head = [
          "POST /api/langfuse/trace HTTP/1.1",
          "host: edge.test",
          ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
          `content-length: ${LARGE.length}`,
        ].join("\r\n");
        socket.write(`${head}\r\n\r\n${LARGE.slice(0, 3 * MEBI)}`, () => {
          socket.destroy();
          resolve();
        });
      });
    });
  }

  test("leaves room for others", async () => {
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 4 }, sendPart));
    }
    await until(async () => (await send(LARGE)).status === 200);
  });
});

describe("a body that is too large, or whose sender is not let in", () => {
  test.each<[string, Record<string, string>, number]>([
    ["with a declared length", {}, 413],
    ["from a stranger", { authorization: "Basic bm86bm8=" }, 401],
    ["of another type", { "content-type": "text/html" }, 415],
  ])("%s gets its answer, every time", async (_, more, status) => {
    const body = "x".repeat((status === 413 ? 6 : 3) * MEBI);
    for (let i = 0; i < 10; i += 1) expect((await send(body, more)).status).toBe(status);
  });
});
