// Poison that dies, is found, mended, replayed and delivered, with books that balance at each step: the built
// Worker, a Langfuse that refuses what it is told to, and the command as it is packed. And who may not.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLI } from "../../src/publish/entries.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, post, seedTurn } from "../support/post.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const ONE = { publicKey: "pk-lf-one", secretKey: "sk-lf-one" };
const TWO = { publicKey: "pk-lf-two", secretKey: "sk-lf-two" };
const WORDS = "streaming-response is not to my taste";

let langfuse: RecordingLangfuse;
let edge: RunningEdge;
let folder: string;
let poisoned = true;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "langfuse-edge-cli-"));
  const outfile = join(folder, "main.mjs");
  await build({ entryPoints: [CLI], outfile, bundle: true, format: "esm", platform: "node" });
  langfuse = await recordingLangfuse();
  langfuse.behave(({ body }) =>
    poisoned && JSON.stringify(body).includes('"name":"streaming-response"')
      ? { status: 400, body: JSON.stringify({ error: WORDS }) }
      : "ok",
  );
  const projects = {
    [ONE.publicKey]: {
      secretKey: ONE.secretKey,
      baseUrl: langfuse.url,
      tokenSecret: "s".repeat(40),
    },
    [TWO.publicKey]: {
      secretKey: TWO.secretKey,
      baseUrl: langfuse.url,
      tokenSecret: "t".repeat(40),
    },
  };
  const vars = { LANGFUSE_PROJECTS: JSON.stringify(projects), AUTH: "token", LOG_LEVEL: "warn" };
  edge = await startEdge({ vars });
});
afterAll(async () => {
  await edge.stop();
  await langfuse.close();
  rmSync(folder, { recursive: true, force: true });
});

const authorization = ({ publicKey, secretKey } = ONE): string => basic(publicKey, secretKey);

async function ask(path: string, init: RequestInit = {}, keys: typeof ONE | null = ONE) {
  const headers = new Headers(init.headers);
  if (keys !== null) headers.set("authorization", authorization(keys));
  const response = await fetch(`${edge.url}/api/langfuse${path}`, { ...init, headers });
  const text = await response.text();
  const body = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  return { status: response.status, body: body as Record<string, unknown>, text };
}
const replay = (body: unknown, keys?: typeof ONE) =>
  ask(
    "/dead-letters/replay",
    { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
    keys,
  );

/** The command, as a person calls it. */
async function command(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  const child = spawn(process.execPath, [join(folder, "main.mjs"), ...args], {
    env: {
      LANGFUSE_EDGE_URL: edge.url,
      LANGFUSE_PUBLIC_KEY: ONE.publicKey,
      LANGFUSE_SECRET_KEY: ONE.secretKey,
    },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const exit = await new Promise<number>((resolve) => {
    child.on("close", (code) => resolve(code ?? -1));
  });
  return { exit, out, err };
}

interface Letter {
  id: string;
  object: string;
  [name: string]: unknown;
}
const letters = async (query = ""): Promise<Letter[]> =>
  (await ask(`/dead-letters${query}`)).body["letters"] as Letter[];
const totals = async () => (await ask("/outcomes")).body["totals"] as Record<string, number>;

async function sendTurn(traceId: string, sessionId = "session-1"): Promise<void> {
  const actions = seedTurn(traceId, sessionId).filter(({ action }) => action !== "flush");
  const { status } = await post(
    edge.url,
    { sessionId, actions },
    { authorization: authorization() },
  );
  expect(status).toBe(200);
}

async function sendEvent(): Promise<void> {
  const data = { traceId: "ui2-1671234567890-first", eventId: "liked", name: "liked" };
  const body = { sessionId: "session-1", action: "create_event", data };
  expect((await post(edge.url, body, { authorization: authorization() })).status).toBe(200);
  const flush = { sessionId: "session-1", action: "flush", data: { deliver: true } };
  await post(edge.url, flush, { authorization: authorization() });
}

describe("a record that Langfuse refuses", () => {
  it("dies, is found, and is delivered once its cause is mended", async () => {
    await sendTurn("ui2-1671234567890-first");
    await until(async () => (await letters()).length === 1);
    const [letter] = await letters();
    expect(letter).toMatchObject({
      kind: "observation",
      reason: "refused",
      message: expect.stringContaining(WORDS) as string,
      name: "streaming-response",
      sessionId: "session-1",
      deaths: 1,
      earlier: [],
      record: { name: "streaming-response", type: "generation" },
    });
    const id = letter?.id ?? "";
    // From the log and from health it can be found too.
    expect(edge.log()).toContain(`"event":"dead_letter","object":"${letter?.object}","id":"${id}"`);
    expect((await ask("/trace")).body).toMatchObject({ last_dead: { reason: "refused", id } });
    const before = (await ask("/outcomes?minutes=60&hours=1")).body;
    expect(before).toMatchObject({
      balance: 0,
      deadLetters: { total: 1, byReason: { refused: 1 } },
    });
    expect((before["hours"] as object[]).length).toBe(1);
    const { accepted = 0, delivered = 0, dead = 0, pending = 0 } = await totals();
    expect([accepted, pending]).toEqual([delivered + dead, 0]);

    // Replayed too early, it tells its story.
    expect((await replay({ ids: [id] })).body).toEqual({ success: true, replayed: 1, left: 0 });
    // Alone nobody knows whose fault it is; beside what is taken it is the record's.
    await sendEvent();
    await until(async () => (await letters())[0]?.["deaths"] === 2);
    expect((await letters())[0]?.["earlier"]).toMatchObject([{ reason: "refused" }]);
    const refused = langfuse.requests.filter(({ body }) =>
      JSON.stringify(body).includes("streaming-response"),
    );
    poisoned = false;
    expect((await replay({ reason: "refused" })).body).toEqual({
      success: true,
      replayed: 1,
      left: 0,
    });
    await until(() => langfuse.spans().some(({ name }) => name === "streaming-response"));
    // Byte for byte what was refused.
    const span = langfuse.spans().find(({ name }) => name === "streaming-response");
    const last = JSON.stringify(refused.at(-1)?.body);
    expect(last).toContain(JSON.stringify(span));
    const all = accepted + 1;
    await until(async () => (await totals())["delivered"] === all);
    const after = (await ask("/outcomes")).body;
    expect(after).toMatchObject({
      balance: 0,
      totals: { accepted: all, delivered: all, dead: 0, pending: 0 },
    });
    expect(await letters()).toEqual([]);
    expect((await ask(`/dead-letters/${id}`)).status).toBe(404);
  });

  it("is looked at, replayed and given up by the command", async () => {
    poisoned = true;
    for (const n of [1, 2, 3]) await sendTurn(`ui2-1671234567890-command-${n}`);
    await until(async () => (await letters()).length === 3);
    const list = await command("dead-letters", "list");
    expect(list).toMatchObject({ exit: 0, err: "" });
    expect(list.out.split("\n").filter((line) => line.includes("refused"))).toHaveLength(4);
    const page = JSON.parse((await command("dead-letters", "list", "--all", "--json")).out) as {
      letters: Letter[];
    };
    const [first, second, third] = page.letters.map(({ id }) => id);
    const one = await command("dead-letters", "show", first ?? "");
    expect(JSON.parse(one.out)).toMatchObject({
      id: first,
      expiresAt: expect.any(String) as string,
    });
    expect(await command("dead-letters", "delete", second ?? "")).toMatchObject({
      exit: 0,
      out: "1 deleted\n",
    });
    poisoned = false;
    expect(await command("dead-letters", "replay", first ?? "")).toMatchObject({
      exit: 0,
      out: "1 replayed\n",
    });
    expect(await command("dead-letters", "replay", "--all")).toMatchObject({
      exit: 0,
      out: "1 replayed\n",
    });
    await until(async () => (await totals())["pending"] === 0 && (await totals())["dead"] === 0);
    const books = await command("outcomes");
    expect(books.exit).toBe(0);
    expect(books.out).toMatch(/dropped +deleted \d/);
    expect(books.out).toMatch(/balance +0\n/);
    expect((await command("health")).out).toContain(third === undefined ? "" : "refused");
    expect((await command("dead-letters", "show", first ?? "")).exit).toBe(5);
  });

  it("is forgotten with its session", async () => {
    poisoned = true;
    await sendTurn("ui2-1671234567890-forgotten");
    await until(async () => (await letters("?sessionId=session-1")).length === 1);
    const deleted = await ask("/session/session-1", { method: "DELETE" });
    expect(deleted.body).toMatchObject({ forgotten: { dead: 1 } });
    await until(async () => (await ask("/dead-letters")).body["total"] === 0);
    expect((await ask("/outcomes")).body).toMatchObject({ balance: 0 });
    poisoned = false;
  });
});

it("counts what was refused at the door, and what pages say they gave up, beside it", async () => {
  const bad = {
    action: "create_span",
    data: { traceId: "t", spanId: "s", startTime: "yesterday" },
  };
  const good = { action: "create_event", data: { traceId: "t", eventId: "e", name: "n" } };
  const body = {
    clientId: "tab-1",
    dropped: { queue_overflow: 4, "<b>": 1 },
    actions: [bad, good],
  };
  expect((await post(edge.url, body, { authorization: authorization() })).status).toBe(207);
  expect((await post(edge.url, { actions: [] }, { authorization: authorization() })).status).toBe(
    400,
  );
  await until(async () => {
    const { refused, givenUp } = (await ask("/outcomes")).body as Record<
      string,
      Record<string, number>
    >;
    return (
      refused?.["invalid_time"] === 1 &&
      refused["invalid_request"] === 1 &&
      givenUp?.["queue_overflow"] === 4
    );
  });
  const { text, status } = await ask("/metrics");
  expect(status).toBe(200);
  expect(text).toMatch(
    /^langfuse_edge_refused_total\{project="[0-9a-f]{12}",code="invalid_time"\} 1$/m,
  );
  expect(text).toMatch(/^langfuse_edge_client_given_up_total\{.*reason="queue_overflow"\} 4$/m);
  expect(text).toMatch(/^langfuse_edge_actions_balance\{[^}]*\} 0$/m);
  for (const line of text.trimEnd().split("\n")) {
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)*\})? -?[\d.]+)$/);
  }
});

describe("somebody else", () => {
  const PATHS: [string, string, object?][] = [
    ["GET", "/dead-letters"],
    ["GET", `/dead-letters/${"ab".repeat(32)}.1`],
    ["POST", "/dead-letters/replay", { all: true }],
    ["DELETE", "/dead-letters?all=true"],
    ["GET", "/outcomes"],
    ["GET", "/metrics"],
  ];
  const init = (method: string, body?: object): RequestInit => ({
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });

  it.each(PATHS)(
    "may not %s %s: no key, a wrong key, a public key, a page's token, a page",
    async (method, path, body) => {
      const tokenBody = JSON.stringify({ sessionId: "session-1" });
      const token = await ask("/token", { method: "POST", body: tokenBody });
      expect(token.status).toBe(200);
      const as = (headers: Record<string, string>) =>
        ask(
          path,
          {
            ...init(method, body),
            headers: { ...(init(method, body).headers as object), ...headers },
          },
          null,
        );
      const attempts: [Record<string, string>, number][] = [
        [{}, 401],
        [{ authorization: basic(ONE.publicKey, "sk-lf-wrong") }, 401],
        [{ authorization: `Bearer ${ONE.publicKey}` }, 401],
        // Who only looks may come with a token that reads, which a page's is not.
        [{ authorization: `Bearer ${String(token.body["token"])}` }, method === "GET" ? 401 : 403],
        [{ authorization: authorization(), origin: "https://app.example.com" }, 403],
      ];
      for (const [headers, status] of attempts) {
        const answer = await as(headers);
        expect([JSON.stringify(headers).length, answer.status]).toEqual([
          JSON.stringify(headers).length,
          status,
        ]);
        expect(answer.text).not.toMatch(/sk-lf|letters"|totals/);
      }
    },
  );

  it("with another project's keys finds nothing, and changes nothing", async () => {
    poisoned = true;
    await sendTurn("ui2-1671234567890-other", "session-2");
    await until(async () => (await letters()).length === 1);
    const [letter] = await letters();
    const id = letter?.id ?? "";
    expect((await ask("/dead-letters", {}, TWO)).body).toMatchObject({ letters: [], total: 0 });
    expect((await ask("/dead-letters?sessionId=session-2", {}, TWO)).body).toMatchObject({
      letters: [],
    });
    expect((await ask(`/dead-letters/${id}`, {}, TWO)).status).toBe(404);
    for (const body of [{ ids: [id] }, { all: true }, { reason: "refused" }]) {
      expect((await replay(body, TWO)).body).toMatchObject({ replayed: 0 });
    }
    expect((await ask(`/dead-letters?id=${id}`, { method: "DELETE" }, TWO)).body).toMatchObject({
      deleted: 0,
    });
    expect((await ask("/outcomes", {}, TWO)).body).toMatchObject({ totals: { accepted: 0 } });
    expect(await letters()).toMatchObject([{ id }]);
    poisoned = false;
    await replay({ all: true });
  });

  it.each<[string, unknown]>([
    ["nothing", {}],
    ["two things", { all: true, reason: "refused" }],
    ["all, and no", { all: false }],
    ["no ids", { ids: [] }],
    ["what is no id", { ids: ["../../etc/passwd"] }],
    ["what is no reason", { reason: "Refused!" }],
    ["more than there is", { all: true, really: true }],
    ["no object", [1]],
  ])("who asks for %s is told so", async (_what, body) => {
    const { status, body: answer } = await replay(body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ success: false, error: { code: "invalid_request" } });
  });

  it.each([
    "/dead-letters?limit=0",
    "/dead-letters?limit=101",
    "/dead-letters?cursor=x",
    "/dead-letters?sessionID=x",
    "/dead-letters?userId=x",
    "/outcomes?minutes=-1",
    "/outcomes?hours=721",
    "/outcomes?days=1",
  ])("who asks for %s is told so", async (path) => {
    expect((await ask(path)).status).toBe(400);
  });

  it("who names no real object is told that there is none", async () => {
    expect((await ask(`/dead-letters/${"ff".repeat(32)}.1`)).status).toBe(404);
    expect((await ask("/dead-letters/x")).status).toBe(404);
    for (const id of ["x", "all"]) {
      expect((await ask(`/dead-letters?id=${id}`, { method: "DELETE" })).status).toBe(400);
    }
    expect((await ask("/dead-letters", { method: "DELETE" })).status).toBe(400);
    expect((await ask("/dead-letters", { method: "PUT" })).status).toBe(405);
  });
});
