// The doctor beside built Workers, each broken in one way: what it says is wrong, and with which exit code.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { run } from "../../src/cli/run.ts";
import { type EdgeOptions, type RunningEdge, startEdge } from "../support/edge-process.ts";
import { KEYS, keyVars, post, seedTurn } from "../support/post.ts";
import {
  type Behaviour,
  type RecordingLangfuse,
  recordingLangfuse,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const PAGE = "https://app.example.com";
const TOKEN = { AUTH: "token", AUTH_TOKEN_SECRET: "doctor-token-secret-0123456789-0123456789" };
const FINE = { ...TOKEN, ALLOWED_ORIGINS: PAGE, MASK: "email,card" };
const PROJECT = {
  status: 200,
  body: '{"data":[]}',
  headers: { "content-type": "application/json" },
};
const WELL: Behaviour = ({ path }) => (path.includes("/projects") ? PROJECT : "ok");
const HTML = { status: 200, body: "<html>", headers: { "content-type": "text/html" } };

let langfuse: RecordingLangfuse;
let fine: RunningEdge;
const started: RunningEdge[] = [];
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  langfuse.behave(WELL);
  fine = await edgeWith(FINE);
});
afterAll(async () => {
  await Promise.all(started.map((edge) => edge.stop()));
  await langfuse.close();
});

async function edgeWith(vars: Record<string, string>, more: EdgeOptions = {}) {
  const edge = await startEdge({ vars: { ...keyVars(langfuse.url), ...vars }, ...more });
  started.push(edge);
  return edge;
}

interface Looked {
  exit: number;
  findings: Finding[];
  /** What it says of a check. */
  of: (check: string) => Finding | undefined;
  wrong: string[];
}

interface How {
  page?: string;
  keys?: { publicKey: string; secretKey: string } | undefined;
  now?: () => number;
  fetch?: typeof fetch;
}

async function doctor(url: string, how: How = {}): Promise<Looked> {
  const { page, now = () => Date.now(), fetch = globalThis.fetch } = how;
  const keys = "keys" in how ? how.keys : KEYS;
  let out = "";
  const args = ["doctor", "--json", "--url", url, ...(page ? ["--page", page] : [])];
  const exit = await run(args, {
    env:
      (keys && { LANGFUSE_PUBLIC_KEY: keys.publicKey, LANGFUSE_SECRET_KEY: keys.secretKey }) || {},
    out: (text) => (out += text),
    err: (text) => (out += text),
    fetch,
    now,
  });
  expect(out).not.toContain(KEYS.secretKey);
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const wrong = findings.filter(({ state }) => state === "wrong").map(({ check }) => check);
  return { exit, findings, of: (name) => findings.find(({ check }) => check === name), wrong };
}

describe("an edge with nothing wrong", () => {
  it("has every check ok, as JSON and in words", async () => {
    const { exit, findings } = await doctor(fine.url, { page: PAGE });
    expect(findings.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(findings.length).toBeGreaterThan(12);
    expect(exit).toBe(EXIT.ok);
    let out = "";
    const text = (words: string): void => void (out += words);
    const env = { LANGFUSE_PUBLIC_KEY: KEYS.publicKey, LANGFUSE_SECRET_KEY: KEYS.secretKey };
    const shell = { env, out: text, err: text, fetch, now: () => Date.now() };
    expect(await run(["doctor", "--url", fine.url, "--page", PAGE], shell)).toBe(EXIT.ok);
    expect(out).toContain("Nothing is wrong.");
    expect(out).toContain("email, card");
  });

  it("can be looked at without keys, as far as that goes, and stores nothing", async () => {
    const { exit, of, wrong } = await doctor(fine.url, { keys: undefined });
    expect([exit, wrong, of("keys")?.state]).toEqual([EXIT.ok, [], "unknown"]);
    expect(langfuse.spans()).toEqual([]);
  });
});

describe("what is wrong", () => {
  it("the address: nothing there, something else there, a login in front", async () => {
    const nothing = await doctor("http://127.0.0.1:9");
    expect([nothing.exit, nothing.wrong]).toEqual([EXIT.unreachable, ["address"]]);
    expect((await doctor(langfuse.url)).wrong).toEqual(["address"]);
    const login = async () =>
      new Response(null, { status: 302, headers: { location: "https://login.example.com/x" } });
    expect((await doctor(fine.url, { fetch: login })).of("address")?.says).toContain(
      "login.example.com",
    );
  });

  it("the keys", async () => {
    const { exit, wrong } = await doctor(fine.url, { keys: { ...KEYS, secretKey: "sk-lf-other" } });
    expect([exit, wrong]).toEqual([EXIT.refused, ["keys"]]);
  });

  it("the clock", async () => {
    const behind = await doctor(fine.url, { now: () => Date.now() - 600_000 });
    expect([behind.exit, behind.wrong]).toEqual([EXIT.attention, ["clock"]]);
    expect(behind.of("clock")?.says).toMatch(/(599|600|601) s behind/);
  });

  it("the version", async () => {
    const older: typeof fetch = async (...args) => {
      const answer = await fetch(...args);
      const text = (await answer.text()).replace(/"version":"[^"]*"/, '"version":"0.0.9"');
      return new Response(text, answer);
    };
    const found = (await doctor(fine.url, { fetch: older })).of("version");
    expect(found).toMatchObject({ state: "warning", says: expect.stringContaining("0.0.9") });
  });

  it("the origin of a page, by the preflight and by what a page is told", async () => {
    const { exit, of, wrong } = await doctor(fine.url, { page: "https://other.example.com" });
    expect([exit, wrong]).toEqual([EXIT.attention, ["origins"]]);
    expect(of("origins")?.mend).toContain("ALLOWED_ORIGINS");
  });

  it.each<[string, Behaviour, string]>([
    ["is something else", () => HTML, "not as Langfuse does"],
    ["has moved", () => ({ status: 404 }), "not as Langfuse does"],
    ["knows other keys", () => ({ status: 401 }), "refuses the keys"],
  ])("the base URL: what is there %s", async (_name, behaviour, words) => {
    langfuse.behave(behaviour);
    const { wrong, of } = await doctor(fine.url);
    langfuse.behave(WELL);
    expect(wrong).toEqual(["base URL"]);
    expect(of("base URL")?.says).toContain(words);
  });

  it("the base URL: nobody is there", async () => {
    const { url } = await edgeWith({ ...FINE, LANGFUSE_BASE_URL: "http://127.0.0.1:9" });
    const { wrong, of } = await doctor(url);
    expect(wrong).toEqual(["base URL"]);
    expect(of("base URL")?.says).toContain("does not answer the edge");
  });

  it("the base URL can't be seen where the edge passes nothing on", async () => {
    const { url } = await edgeWith({ ...FINE, LEGACY: "off" });
    expect((await doctor(url)).of("base URL")).toMatchObject({ state: "unknown" });
  });

  it("the queue", async () => {
    const { url } = await edgeWith(FINE, { queue: false });
    const { wrong, of } = await doctor(url);
    expect(wrong).toEqual(["queue"]);
    expect(of("queue")?.mend).toContain("[[queues.producers]]");
  });

  it("auth: none, and a token without a secret", async () => {
    const none = await doctor((await edgeWith({})).url);
    expect(none.wrong).toEqual(["auth"]);
    expect(none.of("masks")).toMatchObject({ state: "warning" });
    const half = await doctor((await edgeWith({ AUTH: "token" })).url);
    expect(half.wrong).toEqual(["settings", "auth"]);
    expect(half.of("settings")?.says).toContain("AUTH_TOKEN_SECRET");
  });

  it("masks, and other settings, by their names", async () => {
    const { wrong, of, exit } = await doctor((await edgeWith({ ...FINE, MASK: "emial" })).url);
    expect([exit, wrong[0]]).toEqual([EXIT.attention, "settings"]);
    expect(of("settings")?.says).toContain("MASK: entry 1");
  });

  it("no project", async () => {
    const edge = await startEdge({ vars: TOKEN });
    started.push(edge);
    const { wrong, of } = await doctor(edge.url, { keys: undefined });
    expect(wrong[0]).toBe("settings");
    expect(of("settings")?.mend).toContain("wrangler secret put LANGFUSE_PUBLIC_KEY");
  });

  it("dead letters", async () => {
    langfuse.behave((request) => (request.path.includes("otel") ? { status: 413 } : WELL(request)));
    const edge = await edgeWith(FINE);
    await post(edge.url, { actions: seedTurn("ui2-doctor", "chat-7") });
    const { of } = await until(async () => {
      const looked = await doctor(edge.url);
      return looked.of("books")?.state === "warning" && looked;
    });
    langfuse.behave(WELL);
    expect(of("books")).toMatchObject({ state: "warning", mend: expect.stringContaining("list") });
  });
});
