// `langfuse-edge serve` from the package: a turn delivered, stopped in order, killed, started again on what it left,
// and everything that keeps it from starting.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIVE_PROTOCOL, LIVE_TOKEN_PREFIX } from "../../src/protocol/live.ts";
import { basic, keyVars, post, seedTurn } from "../support/post.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../support/recording-langfuse.ts";
import {
  isAlive,
  oldestNode,
  removeFolder,
  type ServeHow,
  type Served,
  serveEdge,
} from "../support/served-edge.ts";
import { until } from "../support/until.ts";

const SECRET = "sk-lf-test";
const BORDERS = join(mkdtempSync(join(tmpdir(), "langfuse-edge-serve-")), "settings.env");
writeFileSync(BORDERS, "DO_JURISDICTION=eu\n");
let langfuse: RecordingLangfuse;
const folders: string[] = [dirname(BORDERS)];
const running: Served[] = [];

beforeAll(async () => {
  langfuse = await recordingLangfuse();
});
afterAll(async () => {
  await Promise.all(running.map((edge) => edge.signal("SIGKILL")));
  await langfuse.close();
  for (const folder of folders) removeFolder(folder);
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-serve-"));
  folders.push(folder);
  return folder;
}

async function serve(data: string, how: Omit<ServeHow, "data"> = {}): Promise<Served> {
  const vars = { ...keyVars(langfuse.url), ...how.vars };
  const edge = await serveEdge({ data, ...how, vars });
  running.push(edge);
  return edge;
}

async function turn(edge: Served, name: string): Promise<void> {
  for (const step of seedTurn(`ui2-1671234567890-${name}`, name)) {
    expect((await post(edge.url ?? "", step)).body).toMatchObject({ success: true });
  }
}

/** Names of a turn's spans, as Langfuse has them, sorted. */
const spansOf = (name: string): string[] =>
  langfuse
    .spans()
    .filter(({ attributes }) => JSON.stringify(attributes).includes(`"${name}"`))
    .map((span) => span.name)
    .toSorted();
const WHOLE = [
  "Claude Assistant",
  "frontend-backend-api-call",
  "frontend-ui-processing",
  "streaming-response",
];

describe.concurrent("an edge of one's own", () => {
  it("delivers, serves the script tag, and goes on after SIGTERM where it was", async () => {
    const data = join(newFolder(), "data");
    const node = oldestNode();
    const first = await serve(data, { ...(node !== undefined && { node }) });
    await turn(first, "first");
    await until(() => spansOf("first").length >= WHOLE.length);
    const script = await fetch(`${first.url}/langfuse-edge.js`);
    expect(script.headers.get("content-type")).toContain("javascript");
    expect(script.headers.get("access-control-allow-origin")).toBe("*");
    expect(await script.text()).toContain("LangfuseEdge");
    const health = await fetch(`${first.url}/api/langfuse/trace`, {
      headers: { authorization: basic() },
    });
    expect(await health.json()).toMatchObject({ status: "healthy", pending: 0, problems: [] });

    // Stopped in the midst of a turn, whose second half comes to the next life.
    const steps = seedTurn("ui2-1671234567890-second", "second");
    for (const step of steps.slice(0, 5)) await post(first.url ?? "", step);
    expect(await first.signal("SIGTERM")).toBe(0);
    expect(first.lines.at(-1)).toMatchObject({ event: "stopped" });
    expect(isAlive(first.runtime())).toBe(false);

    const second = await serve(data);
    for (const step of steps.slice(5)) await post(second.url ?? "", step);
    await until(() => spansOf("second").length >= WHOLE.length);
    expect([spansOf("first"), spansOf("second")]).toEqual([WHOLE, WHOLE]);
    expect(await second.signal("SIGINT")).toBe(0);
  });

  it("delivers after kill -9 what it had accepted, without any request, and starts again by itself", async () => {
    const data = join(newFolder(), "data");
    const vars = { LANGFUSE_FLUSH_INTERVAL: "11" };
    const first = await serve(data, { vars });
    await turn(first, "killed");
    await turn(first, "killed-too");
    // The runtime alone: another one is there at once, on the same port.
    const runtime = first.runtime();
    process.kill(runtime ?? 0, "SIGKILL");
    await until(() => first.runtime() !== runtime);
    expect(first.lines).toContainEqual(
      expect.objectContaining({ event: "runtime_ended", how: "SIGKILL" }),
    );
    await turn(first, "after");
    // The command alone: its runtime does not outlive it.
    await first.signal("SIGKILL");
    await until(() => !isAlive(first.runtime()));
    const third = await serve(data, { vars });
    expect(third.url).toBeDefined();
    await until(
      () => ["killed", "killed-too", "after"].every((name) => spansOf(name).length >= WHOLE.length),
      80_000,
    );
    for (const name of ["killed", "killed-too", "after"]) expect(spansOf(name)).toEqual(WHOLE);
  });

  it("has the dashboard: its page, its figures, and the live view over a WebSocket", async () => {
    const secret = "sk-lf-dashboard-0123456789-0123456789";
    const vars = { LANGFUSE_SECRET_KEY: secret };
    const edge = await serve(join(newFolder(), "data"), { vars });
    const page = await fetch(`${edge.url}/dashboard/`);
    expect([page.url, page.status]).toEqual([`${edge.url}/dashboard`, 200]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await fetch(`${edge.url}/dashboard/app.js`)).status).toBe(200);
    const authorization = basic("pk-lf-test", secret);
    const asked = (path: string, init: RequestInit = {}) =>
      fetch(`${edge.url}/api/langfuse/${path}`, { ...init, headers: { authorization } });
    expect((await asked("figures")).status).toBe(200);
    const body = JSON.stringify({ scope: "read" });
    const { token } = await (
      await asked("token", { method: "POST", body })
    ).json<{ token: string }>();
    const socket = new WebSocket(`${edge.url?.replace("http", "ws")}/api/langfuse/live`, {
      protocols: [LIVE_PROTOCOL, `${LIVE_TOKEN_PREFIX}${token}`],
      headers: { origin: edge.url ?? "" },
    } as unknown as string[]);
    const [hello] = (await once(socket, "message")) as [{ data: string }];
    expect(JSON.parse(hello.data)).toMatchObject({ type: "hello", project: "pk-lf-test" });
    socket.close();
    expect(await edge.signal("SIGTERM")).toBe(0);
  });

  it("is backed up by copying its folder while it stands", async () => {
    const data = join(newFolder(), "data");
    const first = await serve(data);
    langfuse.behave(({ body }) => (JSON.stringify(body).includes("backed-up") ? "hang" : "ok"));
    await turn(first, "backed-up");
    await first.signal("SIGKILL");
    const copy = join(newFolder(), "copy");
    cpSync(data, copy, { recursive: true, filter: (path) => !/\/locks?$/.test(path) });
    langfuse.behave(() => "ok");
    const restored = await serve(copy);
    await until(() => spansOf("backed-up").length >= WHOLE.length);
    expect(spansOf("backed-up")).toEqual(WHOLE);
    expect(await restored.signal("SIGTERM")).toBe(0);
  });
});

describe("its secrets", () => {
  it("are in no argument, no log line, and no file that others may read", async () => {
    const data = join(newFolder(), "data");
    const settings = join(newFolder(), "settings.env");
    writeFileSync(settings, `LANGFUSE_SECRET_KEY=${SECRET}-very-long\nAUTH=token\n`);
    chmodSync(settings, 0o644);
    const edge = await serve(data, {
      vars: { LANGFUSE_SECRET_KEY: "" },
      args: ["--settings", settings],
    });
    expect(edge.said()).toContain(`chmod 600 ${settings}`);
    const wrong = await fetch(`${edge.url}/api/langfuse/trace`, {
      headers: { authorization: basic("pk-lf-test", `${SECRET}-very-long`) },
    });
    expect(await wrong.json()).toMatchObject({ auth: [] });
    for (const pid of [edge.pid, edge.runtime()]) {
      if (process.platform !== "linux") break;
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(SECRET);
      expect(statSync(`/proc/${pid}/environ`).mode & 0o077).toBe(0);
    }
    const files = readdirSync(data, { recursive: true, encoding: "utf8" }).map((path) =>
      join(data, path),
    );
    for (const file of files.filter((path) => statSync(path).isFile())) {
      expect([file, statSync(file).mode & 0o077]).toEqual([file, 0]);
      expect(readFileSync(file, "latin1")).not.toContain(SECRET);
    }
    await edge.signal("SIGTERM");
    expect(JSON.stringify(edge.lines) + edge.said()).not.toContain(SECRET);
  });
});

describe("callers", () => {
  const asked = (edge: Served, headers: Record<string, string>) =>
    post(
      edge.url ?? "",
      { action: "flush", sessionId: "s" },
      { authorization: "Bearer pk-lf-test", origin: "https://app.example", ...headers },
    );

  it("are counted by the connection's address, or by what a trusted proxy says, and in no other way", async () => {
    const vars = {
      AUTH: "key",
      ALLOWED_ORIGINS: "https://app.example",
      RATE_LIMITS: "owner=1000/60, address=4/60, new=100/60",
    };
    const [direct, behind] = await Promise.all([
      serve(join(newFolder(), "data"), { vars }),
      serve(join(newFolder(), "data"), { vars, args: ["--trusted-proxies", "loopback"] }),
    ]);
    const statuses = async (edge: Served): Promise<number[]> => {
      const found: number[] = [];
      for (let n = 0; n < 6; n += 1) {
        const forged = {
          "x-forwarded-for": `198.51.100.${n}`,
          "cf-connecting-ip": `203.0.113.${n}`,
        };
        found.push((await asked(edge, forged)).status);
      }
      return found;
    };
    expect(await statuses(direct)).toEqual([200, 200, 200, 200, 429, 429]);
    expect(await statuses(behind)).toEqual([200, 200, 200, 200, 200, 200]);
    for (let n = 0; n < 4; n += 1) await asked(behind, { "x-forwarded-for": "192.0.2.1" });
    const over = await asked(behind, {
      "x-forwarded-for": "1.1.1.1, 192.0.2.1",
      "cf-connecting-ip": "9.9.9.9",
    });
    expect([over.status, over.headers.get("x-ratelimit-policy")]).toEqual([
      429,
      '4;w=60;name="address"',
    ]);
    // Its own origin is what the proxy says that the page has asked for.
    const { host } = new URL(behind.url ?? "");
    const own = { origin: `https://${host}`, "x-forwarded-for": "192.0.2.77" };
    expect((await asked(behind, { ...own, "x-forwarded-proto": "https" })).status).toBe(200);
    expect((await asked(behind, own)).status).toBe(403);
  });
});

describe("it does not start, and says why", () => {
  it.each([
    ["a port that is no port", ["--port", "http"], 2, "--port must be"],
    ["settings that are not there", ["--settings", "/nowhere"], 2, "the settings can't be read"],
    ["borders", ["--settings", BORDERS], 2, "DO_JURISDICTION says where Cloudflare stores"],
    [
      "an address that is none of this machine's",
      ["--host", "192.0.2.1"],
      6,
      "this machine has no such address",
    ],
    ["a folder below a file", ["--data", "/etc/hostname/x"], 6, "can't be used"],
  ])("%s", async (_what, args, code, words) => {
    const edge = await serve(join(newFolder(), "data"), { args });
    expect([edge.url, await edge.ended]).toEqual([undefined, code]);
    expect(edge.said()).toContain(words);
  });

  it("a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const edge = await serve(join(newFolder(), "data"), { args: ["--port", String(port)] });
    other.close();
    expect(await edge.ended).toBe(6);
    expect(edge.said()).toContain(`127.0.0.1:${port} is taken by another program`);
  });

  it("a folder that another one uses, also when that one's command was killed", async () => {
    const data = join(newFolder(), "data");
    const first = await serve(data);
    const second = await serve(data);
    expect([second.url, await second.ended]).toEqual([undefined, 6]);
    expect(second.said()).toContain("another langfuse-edge runs on this data folder");
    expect((await fetch(`${first.url}/api/langfuse/trace`)).status).toBe(200);
    await first.signal("SIGKILL");
    expect((await serve(data)).url).toBeDefined();
  });

  it("a folder of a later version, which it leaves as it is", async () => {
    const data = join(newFolder(), "data");
    await (await serve(data)).signal("SIGTERM");
    const marker = join(data, "langfuse-edge.json");
    const later = JSON.stringify({ layout: 1, journal: 99, version: "9.0.0" });
    writeFileSync(marker, later);
    const edge = await serve(data);
    expect(await edge.ended).toBe(6);
    expect(edge.said()).toContain("last used by langfuse-edge 9.0.0");
    expect(readFileSync(marker, "utf8")).toBe(later);
    expect(existsSync(join(data, "lock"))).toBe(false);
  });
});
