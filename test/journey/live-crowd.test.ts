// Many sessions chat through the built Worker while two watch: each turn is counted once, and a watcher has each
// turn, or was told how much it lacks.
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  LIVE_PATH,
  LIVE_PROTOCOL,
  LIVE_TOKEN_PREFIX,
  type LiveMessage,
} from "../../src/protocol/live.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, keyVars } from "../support/post.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

/** In the long form a thousand: `CROWD=1000 npx vitest run --project journey test/journey/live-crowd.test.ts`. */
const SESSIONS = Number(process.env["CROWD"] ?? 100);
const CLIENTS = 32;
const FAILED_EVERY = 20;

let edge: RunningEdge;
let langfuse: RecordingLangfuse;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  edge = await startEdge({
    vars: {
      ...keyVars(langfuse.url),
      LOG_LEVEL: "warn",
      AUTH: "token",
      AUTH_TOKEN_SECRET: "a secret of thirty-two characters!!",
    },
  });
});
afterAll(async () => {
  await edge.stop();
  await langfuse.close();
});

async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${edge.url}/api/langfuse/${path}`, {
    ...(body && { method: "POST", body: JSON.stringify(body) }),
    headers: { authorization: basic(), "content-type": "application/json" },
  });
  expect(response.status).toBe(200);
  return response.json<T>();
}

interface Watcher {
  socket: WebSocket;
  /** The latest state of each turn. */
  turns: Map<string, string>;
  skipped: number;
}

async function watch(token: string): Promise<Watcher> {
  const how = {
    protocols: [LIVE_PROTOCOL, LIVE_TOKEN_PREFIX + token],
    headers: { origin: edge.url },
  };
  const socket = new WebSocket(`${edge.url.replace("http", "ws")}${LIVE_PATH}`, how as never);
  const watcher: Watcher = { socket, turns: new Map(), skipped: 0 };
  let greeted = false;
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as LiveMessage;
    greeted = true;
    socket.send(JSON.stringify({ ack: message.n }));
    if (message.type === "skipped") watcher.skipped += message.changes;
    else for (const { traceId, state } of message.turns) watcher.turns.set(traceId, state);
  });
  await until(() => greeted);
  return watcher;
}

const traceOf = (n: number): string => `c${n.toString(16).padStart(31, "0")}`;

async function chat(n: number): Promise<void> {
  const traceId = traceOf(n);
  const failed = n % FAILED_EVERY === 0;
  const act = (action: string, data: object) => ({ action, data: { traceId, ...data } });
  const answer = await ask<{ success: boolean }>("trace", {
    sessionId: `crowd-${n}`,
    actions: [
      act("create_trace", { name: "Crowd", userId: `user-${n}` }),
      act("create_generation", { generationId: "answer", name: "answer", model: "m" }),
      act("end_generation", { generationId: "answer", usage: { input: 3, output: 4 } }),
      act("end_trace", {
        metadata: {
          outcome: failed ? "failed" : "completed",
          latencies: { time_to_first_token: 100 + n },
        },
      }),
    ],
  });
  expect(answer.success).toBe(true);
}

it("counts each turn once, and shows each or says how many it left out", async () => {
  const { token } = await ask<{ token: string }>("token", { scope: "read" });
  const watchers = [await watch(token), await watch(token)];
  // As a dashboard does: figures are told sooner to whoever looks.
  await ask("figures?part=speed");
  const waiting = Array.from({ length: SESSIONS }, (_, n) => n + 1);
  const client = async (): Promise<void> => {
    for (let n = waiting.pop(); n !== undefined; n = waiting.pop()) await chat(n);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));

  interface Body {
    total: {
      turns: number;
      users: number;
      outcomes: Record<string, number>;
      tokens: { total: number };
      metrics: { time_to_first_token: { count: number; max: number } };
    };
    sessions: {
      count: number;
      complete: boolean;
      slowest: { turns: number; timeToFirstToken: { max: number } }[];
    };
  }
  const body = await until(async () => {
    const figures = await ask<Body>("figures?part=speed");
    return figures.total.turns >= SESSIONS && figures;
  });
  expect(body.total).toMatchObject({
    turns: SESSIONS,
    outcomes: { failed: SESSIONS / FAILED_EVERY },
    tokens: { total: 7 * SESSIONS },
    metrics: { time_to_first_token: { count: SESSIONS, max: 100 + SESSIONS } },
  });
  // The slowest of a thousand, though no slice has room for all.
  expect(body.sessions.complete).toBe(false);
  expect(body.sessions.slowest.map(({ timeToFirstToken }) => timeToFirstToken.max)).toEqual(
    Array.from({ length: 20 }, (_, n) => 100 + SESSIONS - n),
  );
  // Beyond 256 an estimate.
  expect(Math.abs(body.sessions.count / SESSIONS - 1)).toBeLessThan(0.3);

  for (const { turns, skipped, socket } of watchers) {
    for (const traceId of turns.keys()) expect(traceId).toMatch(/^c0+/);
    expect(turns.size).toBeLessThanOrEqual(SESSIONS);
    expect(turns.size + skipped).toBeGreaterThanOrEqual(SESSIONS);
    expect(
      [...turns.values()].filter((state) => state === "ended").length + skipped,
    ).toBeGreaterThanOrEqual(SESSIONS);
    socket.close();
  }
  const spans = langfuse.spans();
  expect(spans.length).toBe(2 * SESSIONS);
  expect(new Set(spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`)).size).toBe(
    spans.length,
  );
});
