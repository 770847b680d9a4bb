// `npx langfuse-edge deploy` with the real wrangler, against an account that is not there, and an edge that is.
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { unstable_readConfig } from "wrangler";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { run } from "../../src/cli/run.ts";
import type { Machine } from "../../src/cli/shell.ts";
import { thisMachine } from "../../src/cli/this-machine.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { KEYS, keyVars } from "../support/post.ts";
import { type CloudflareApi, cloudflareApi } from "./support/cloudflare-api.ts";

const KEY_ENV = { LANGFUSE_PUBLIC_KEY: KEYS.publicKey, LANGFUSE_SECRET_KEY: KEYS.secretKey };

let edge: RunningEdge;
beforeAll(async () => {
  for (const script of ["build:script-tag", "build:worker"]) {
    execFileSync("npm", ["run", "--silent", script], { stdio: "pipe" });
  }
  edge = await startEdge({ vars: keyVars("http://127.0.0.1:9") });
});
afterAll(() => edge.stop());

interface Deployment {
  exit: number;
  out: string;
  err: string;
  folder: string;
}

interface How {
  env?: Record<string, string>;
  folder?: string;
  machine?: Partial<Machine>;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-deploy-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function deploy(api: CloudflareApi, args: string[], how: How = {}): Promise<Deployment> {
  const { env = KEY_ENV, folder = newFolder(), machine = {} } = how;
  let [out, err] = ["", ""];
  const own = thisMachine();
  const loopback = { NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1", CI: "true" };
  const exit = await run(["deploy", "--wrangler", resolve("node_modules/.bin/wrangler"), ...args], {
    env,
    out: (text) => (out += text),
    err: (text) => (err += text),
    fetch,
    now: () => Date.now(),
    machine: {
      ...own,
      packageFolder: process.cwd(),
      folder,
      spawn: (program, { folder: cwd }) => spawned(program, cwd, { ...api.env, ...loopback }),
      ...machine,
    },
  });
  expect(out + err).not.toContain(KEYS.secretKey);
  return { exit, out, err, folder };
}

async function spawned(program: readonly string[], cwd: string, env: Record<string, string>) {
  const { spawn } = await import("node:child_process");
  const [command = "", ...args] = program;
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  return new Promise<{ code: number; said: string }>((resolve) => {
    child.on("close", (code) => resolve({ code: code ?? 1, said }));
  });
}

async function account(): Promise<CloudflareApi> {
  const api = await cloudflareApi();
  onTestFinished(() => api.close());
  return api;
}

interface Metadata {
  bindings: { name: string; type: string; text?: string; queue_name?: string }[];
}

function uploaded(api: CloudflareApi, name: string): Metadata["bindings"] {
  const form = api.requests.find(
    ({ method, path }) => method === "PUT" && path === `/workers/scripts/${name}`,
  );
  const [, json = ""] = /name="metadata"\s+(\{.*\})/.exec(form?.body ?? "") ?? [];
  return (JSON.parse(json) as Metadata).bindings;
}

test("makes the Worker with its secrets, settings and queue, checks it, and says what a page needs", async () => {
  const api = await account();
  const args = ["--name", "chat-edge", "--origins", "https://app.example.com", "--mask", "all"];
  const { exit, out, err, folder } = await deploy(api, [...args, "--url", edge.url]);
  expect(api.unknown).toEqual([]);
  expect([exit, err]).toEqual([EXIT.ok, expect.stringContaining("wrangler.toml")]);
  const bindings = uploaded(api, "chat-edge");
  const named = (type: string) => bindings.filter((one) => one.type === type);
  expect(named("secret_text").map(({ name }) => name)).toEqual([
    "LANGFUSE_PUBLIC_KEY",
    "LANGFUSE_SECRET_KEY",
    "LANGFUSE_BASE_URL",
    "AUTH_TOKEN_SECRET",
  ]);
  expect(named("secret_text")[3]?.text?.length).toBeGreaterThanOrEqual(32);
  expect(named("plain_text").map(({ name, text }) => [name, text])).toEqual([
    ["AUTH", "token"],
    ["ALLOWED_ORIGINS", "https://app.example.com"],
    ["MASK", "all"],
  ]);
  expect(bindings).toContainEqual({
    name: "CLAIMS",
    type: "queue",
    queue_name: "chat-edge-claims",
  });
  const made = api.requests.map(({ method, path }) => `${method} ${path}`);
  expect(made).toContain("POST /queues");
  expect(made).toContain("POST /queues/queue-0/consumers");
  expect(out).toContain(`${edge.url} is healthy.`);
  expect(out).toContain(`<script src="${edge.url}/langfuse-edge.js"></script>`);
  const files = join(folder, "chat-edge");
  expect(readdirSync(files).toSorted()).toEqual([
    ".gitignore",
    ".wrangler",
    "assets",
    "worker",
    "wrangler.toml",
  ]);
  // Nothing secret stays behind.
  for (const name of readdirSync(files, { recursive: true, encoding: "utf8" })) {
    if (!statSync(join(files, name)).isFile()) continue;
    expect(readFileSync(join(files, name), "utf8"), name).not.toContain(KEYS.secretKey);
  }

  // The configuration is its owner's from then on; the secrets are left alone.
  const config = join(files, "wrangler.toml");
  const edited = readFileSync(config, "utf8").replace('MASK = "all"', 'MASK = "email"');
  // As an earlier version wrote it.
  const limiter = /^\[\[ratelimits\]\]\nname = "LIMIT_NEW"\n(?:.+\n)+/m;
  expect(edited).toMatch(limiter);
  writeFileSync(config, edited.replace(limiter, ""));
  const second = await account();
  const again = await deploy(second, ["--name", "chat-edge", "--json", "--url", edge.url], {
    env: {},
    folder,
  });
  expect(JSON.parse(again.out)).toEqual({ url: edge.url, status: "healthy", healthy: true });
  expect(again.err).toContain("it lacks LIMIT_NEW,");
  const kept = uploaded(second, "chat-edge");
  expect(kept).toContainEqual({ name: "MASK", type: "plain_text", text: "email" });
  expect(kept.filter(({ type }) => type === "secret_text")).toEqual([]);
});

test("writes the configuration that the project deploys itself by", async () => {
  const api = await account();
  const { exit, folder } = await deploy(api, ["--dry-run"], { env: {} });
  expect([exit, api.requests]).toEqual([EXIT.ok, []]);
  const read = (config: string): Record<string, unknown> => ({
    ...unstable_readConfig({ config }),
  });
  const own = read("wrangler.toml");
  const written = read(join(folder, "langfuse-edge", "wrangler.toml"));
  const same = ["name", "compatibility_date", "compatibility_flags", "durable_objects"];
  for (const name of [...same, "queues", "migrations", "ratelimits", "minify"]) {
    expect(written[name], name).toEqual(own[name]);
  }
  expect(written["build"]).toMatchObject({ command: undefined });
  expect(existsSync(String(written["main"]))).toBe(true);
});

test("puts its files where --folder says, from where it runs or from the root", async () => {
  const api = await account();
  const elsewhere = join(newFolder(), "edge");
  const args = ["--dry-run", "--folder"];
  const { folder } = await deploy(api, [...args, "here"], { env: {} });
  expect(existsSync(join(folder, "here", "wrangler.toml"))).toBe(true);
  const { folder: other } = await deploy(api, [...args, elsewhere], { env: {} });
  expect(existsSync(join(elsewhere, "wrangler.toml"))).toBe(true);
  expect(readdirSync(other)).toEqual([]);
});

test("asks a person, and never shows a secret", async () => {
  const api = await account();
  const asked: [string, boolean][] = [];
  const answers = ["pk-lf-asked", KEYS.secretKey, "", "", "none"];
  const { exit, folder } = await deploy(api, [], {
    env: {},
    machine: {
      spawn: async () => ({ code: 0, said: "" }),
      ask: async (question, { hidden = false } = {}) => {
        asked.push([question.split(" ").slice(0, 3).join(" "), hidden]);
        return answers.shift() ?? "";
      },
    },
  });
  expect(exit).toBe(EXIT.ok);
  expect(asked).toEqual([
    ["Langfuse public key", false],
    ["Langfuse secret key", true],
    ["Where Langfuse is", false],
    ["Origins of your", false],
    ["Mask personal data:", false],
  ]);
  const config = readFileSync(join(folder, "langfuse-edge", "wrangler.toml"), "utf8");
  expect(config).toContain('[vars]\nAUTH = "token"\n');
});

test("says what it lacks, and what wrangler said", async () => {
  const api = await account();
  const lacking = await deploy(api, [], { env: {} });
  expect([lacking.exit, lacking.err]).toEqual([
    EXIT.usage,
    "langfuse-edge: set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY in the environment (LANGFUSE_PUBLIC_KEY is missing)\n",
  ]);
  for (const args of [
    ["--name", "No"],
    ["--origins", "app"],
    ["--origins", "https://app.example.com/chat"],
    ["--mask", "emails"],
    ["--base-url", "langfuse"],
  ]) {
    expect((await deploy(api, args)).exit).toBe(EXIT.usage);
  }
  const failing = { spawn: async () => ({ code: 1, said: "" }) };
  const failed = await deploy(api, [], { machine: failing });
  expect([failed.exit, failed.err]).toEqual([
    EXIT.attention,
    expect.stringContaining("wrangler ended with 1"),
  ]);
});

test("sends the secrets until a deployment has come to its end, and then no more", async () => {
  const api = await account();
  const folder = newFolder();
  const sent: boolean[] = [];
  let code = 1;
  const machine: Partial<Machine> = {
    spawn: async (program) => {
      sent.push(program.includes("--secrets-file"));
      return { code, said: "" };
    },
  };
  const tried = async (...args: string[]) => deploy(api, args, { folder, machine });
  expect((await tried("--dry-run")).exit).toBe(EXIT.ok);
  expect((await tried()).exit).toBe(EXIT.attention);
  code = 0;
  expect((await tried()).exit).toBe(EXIT.ok);
  const { exit, err } = await tried("--mask", "all");
  expect([exit, err]).toEqual([EXIT.ok, expect.stringContaining("--mask changes nothing")]);
  expect(sent).toEqual([true, true, false]);
});
