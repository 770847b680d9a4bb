// The built Worker, watched over real WebSockets while a page chats, with SAMPLING on: what is shown is what was sent,
// within a second, to those who may; and what is left out is counted, not lost.
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mergeTurn } from "../../src/protocol/live/merge.ts";
import {
  LIVE_PROTOCOL,
  LIVE_TOKEN_PREFIX,
  type LiveMessage,
  type LiveTurn,
} from "../../src/protocol/live.ts";
import { isInShare } from "../../src/protocol/sampling/rule.ts";
import { type RunningEdge, startEdge, stateFolder } from "../support/edge-process.ts";
import { basic, keyVars } from "../support/post.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const ONE = { publicKey: "pk-lf-one", secretKey: "sk-lf-one-0123456789-0123456789-0123456789" };
const TWO = { publicKey: "pk-lf-two", secretKey: "sk-lf-two-0123456789-0123456789-0123456789" };
const TOKEN_SECRET = "journey-token-secret-0123456789-0123456789";
const SHARE = 0.5;

let edge: RunningEdge;
let langfuse: RecordingLangfuse;
const state = stateFolder();
const start = async (vars: Record<string, string> = {}): Promise<RunningEdge> =>
  startEdge({
    persist: state.path,
    vars: {
      ...keyVars(langfuse.url),
      LANGFUSE_PUBLIC_KEY: ONE.publicKey,
      LANGFUSE_SECRET_KEY: ONE.secretKey,
      LANGFUSE_PROJECTS: JSON.stringify({ [TWO.publicKey]: TWO.secretKey }),
      AUTH: "token",
      AUTH_TOKEN_SECRET: TOKEN_SECRET,
      MASK: "email",
      ...vars,
      SAMPLING: JSON.stringify({ rules: [{ failed: true }], share: SHARE }),
    },
  });
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  edge = await start();
});
afterAll(async () => {
  await edge.stop();
  await langfuse.close();
  state.remove();
});

const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`${edge.url}/api/langfuse/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const authorization = ({ publicKey, secretKey }: typeof ONE) => basic(publicKey, secretKey);
const readToken = async (project = ONE): Promise<string> => {
  const { body } = await post(
    "token",
    { scope: "read" },
    { authorization: authorization(project) },
  );
  return String(body["token"]);
};

interface Watch {
  socket: WebSocket;
  messages: LiveMessage[];
  turns: Map<string, LiveTurn>;
}

async function watch(token: string): Promise<Watch> {
  const url = `${edge.url.replace("http", "ws")}/api/langfuse/live`;
  // Node's own takes headers beside the protocols; a browser names its origin by itself.
  const how = {
    protocols: [LIVE_PROTOCOL, LIVE_TOKEN_PREFIX + token],
    headers: { origin: edge.url },
  };
  const socket = new WebSocket(url, how as never);
  const watched: Watch = { socket, messages: [], turns: new Map() };
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as LiveMessage;
    watched.messages.push(message);
    socket.send(JSON.stringify({ ack: message.n }));
    if (message.type === "skipped") return;
    for (const told of message.turns) {
      const { traceId } = told;
      watched.turns.set(traceId, mergeTurn(watched.turns.get(traceId), told));
    }
  });
  await until(() => watched.messages.length > 0);
  return watched;
}

/** The status of the answer to somebody who would watch. */
function knock(token: string, origin: string): Promise<number> {
  return new Promise((done, failed) => {
    const asked = request(`${edge.url}/api/langfuse/live`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "sec-websocket-version": "13",
        "sec-websocket-protocol": `${LIVE_PROTOCOL}, ${LIVE_TOKEN_PREFIX}${token}`,
        ...(origin !== "" && { origin }),
      },
    });
    asked.on("response", (answer) => {
      answer.resume();
      done(answer.statusCode ?? 0);
    });
    asked.on("upgrade", (_answer, socket) => {
      socket.destroy();
      done(101);
    });
    asked.on("error", failed);
    asked.end();
  });
}

const act = (name: string, data: object) => ({ action: name, data });
async function chat(traceId: string, { failed = false, project = ONE } = {}) {
  const headers = { authorization: authorization(project) };
  const sessionId = `session-${traceId}`;
  const send = (...actions: object[]) => post("trace", { sessionId, actions }, headers);
  await send(
    act("create_trace", {
      traceId,
      name: "Support",
      userId: "ada",
      input: "mail me: ada@example.com",
    }),
    act("create_generation", {
      traceId,
      generationId: "answer",
      name: "streaming-response",
      model: "gpt-5",
    }),
  );
  await send(
    act("update_generation", { traceId, generationId: "answer", metadata: { chunkCount: 10 } }),
  );
  await send(
    act("end_generation", {
      traceId,
      generationId: "answer",
      output: "sent",
      ...(failed && { level: "ERROR" }),
    }),
    act("end_trace", { traceId, metadata: { outcome: failed ? "failed" : "completed" } }),
  );
}
const idOf = (index: number): string =>
  `${"0".repeat(15)}1${((index * 0x9e3779b1) >>> 0).toString(16).padStart(8, "0")}${index.toString(16).padStart(8, "0")}`;

describe("while somebody watches", () => {
  test("turns show as they were sent, to each watcher of the project alone", async () => {
    const [one, two] = [await watch(await readToken()), await watch(await readToken())];
    const other = await watch(await readToken(TWO));
    const ids = Array.from({ length: 20 }, (_, index) => idOf(index + 1));
    await Promise.all(ids.map((id, at) => chat(id, { failed: at % 4 === 0 })));
    await until(() => ids.every((id) => one.turns.get(id)?.state === "ended"));
    await until(() => ids.every((id) => two.turns.get(id)?.state === "ended"));
    for (const [at, id] of ids.entries()) {
      expect(one.turns.get(id)).toMatchObject({
        name: "Support",
        userId: "ada",
        outcome: at % 4 === 0 ? "failed" : "completed",
        observations: expect.arrayContaining([
          expect.objectContaining({ name: "streaming-response", model: "gpt-5", chunks: 10 }),
        ]),
      });
      expect(one.turns.get(id)?.failed).toBe(at % 4 === 0 ? true : undefined);
    }
    expect(other.turns.size).toBe(0);
    expect(JSON.stringify([...one.messages, ...two.messages])).not.toMatch(/ada@example|mail me/);

    await chat(idOf(900), { project: TWO });
    await until(() => other.turns.size === 1);
    expect(one.turns.has(idOf(900))).toBe(false);

    // What SAMPLING keeps is in Langfuse, and what it leaves out is counted.
    const isKept = (id: string, at: number): boolean => at % 4 === 0 || isInShare(id, SHARE);
    const kept = ids.filter(isKept);
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.length).toBeLessThan(20);
    const outcomes = async () => {
      const response = await fetch(`${edge.url}/api/langfuse/outcomes`, {
        headers: { authorization: `Bearer ${await readToken()}` },
      });
      return (await response.json()) as {
        totals: {
          accepted: number;
          delivered: number;
          pending: number;
          dropped: Record<string, number>;
        };
        balance: number;
      };
    };
    // The books hear of a session with its first delivery.
    await until(async () => {
      const { accepted, pending } = (await outcomes()).totals;
      return accepted === 5 * ids.length && pending === 0;
    });
    const { totals, balance } = await outcomes();
    expect(balance).toBe(0);
    expect(totals.dropped).toEqual({ sampled: 5 * (ids.length - kept.length) });
    expect(totals.delivered).toBe(5 * kept.length);
    const bodies = JSON.stringify(langfuse.requests.map(({ body }) => body));
    for (const id of ids) expect([id, bodies.includes(id)]).toEqual([id, kept.includes(id)]);
    for (const { socket } of [one, two, other]) socket.close();
  });

  test("a redeploy closes nothing for long: who comes again goes on, and sees what is shown by then", async () => {
    const one = await watch(await readToken());
    const closed = new Promise((done) => one.socket.addEventListener("close", done));
    await edge.stop();
    await closed;
    edge = await start({ DASHBOARD_CONTENT: "true" });
    const again = await watch(await readToken());
    await chat(idOf(700));
    await until(() => again.turns.get(idOf(700))?.state === "ended");
    expect(again.messages[0]).toMatchObject({ type: "hello", content: true });
    const shown = JSON.stringify(again.turns.get(idOf(700)));
    expect(shown).toContain("mail me");
    expect(shown).not.toContain("ada@example");
    again.socket.close();
  });
});

describe("who may not watch", () => {
  test("while who may does", async () => {
    expect(await knock(await readToken(), edge.url)).toBe(101);
  });

  test.each<[string, () => Promise<[token: string, origin: string]>, number]>([
    ["without an origin", async () => [await readToken(), ""], 403],
    ["of another site", async () => [await readToken(), "https://evil.example"], 403],
    ["with a public key", async () => [ONE.publicKey, edge.url], 401],
    ["with a secret key", async () => [ONE.secretKey, edge.url], 401],
    [
      "with a page's token",
      async () => {
        const headers = { authorization: authorization(ONE) };
        const { body } = await post("token", { sessionId: "chat" }, headers);
        return [String(body["token"]), edge.url];
      },
      401,
    ],
    ["with nothing", async () => ["", edge.url], 401],
  ])("%s", async (_name, given, status) => {
    const [token, origin] = await given();
    expect(await knock(token, origin)).toBe(status);
    expect(edge.log()).not.toContain(ONE.secretKey);
  });

  test("no token is in what is logged", async () => {
    const token = await readToken();
    const one = await watch(token);
    one.socket.close();
    expect(edge.log()).not.toContain(token);
  });
});
