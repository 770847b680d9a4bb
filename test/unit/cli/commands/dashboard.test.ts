import { beforeEach, expect, test } from "vitest";
import { EXIT } from "../../../../src/cli/exit-codes.ts";
import { openerOf, openUrl } from "../../../../src/cli/open-url.ts";
import { run } from "../../../../src/cli/run.ts";

const CODE = { code: "one.time.code", expiresAt: "2036-01-01T00:02:00.000Z", publicKey: "pk-lf-1" };
const TOKEN = { token: "read.token", expiresAt: "2036-01-01T01:00:00.000Z", publicKey: "pk-lf-1" };
const UNAVAILABLE = {
  success: false,
  error: { code: "unavailable", message: "LIVE is not bound" },
};
const REFUSED = { success: false, error: { code: "auth_not_configured", message: "too short" } };

let asked: { url: string; body: unknown }[] = [];
let opened: string[] = [];
beforeEach(() => {
  asked = [];
  opened = [];
});

async function call(line: string, replies: [status: number, body: object][], opens = true) {
  let [out, err] = ["", ""];
  const exit = await run(line.split(" "), {
    env: {
      LANGFUSE_EDGE_URL: "https://edge.example.com",
      LANGFUSE_PUBLIC_KEY: "pk-lf-1",
      LANGFUSE_SECRET_KEY: "sk-lf-very-secret",
    },
    out: (text) => (out += text),
    err: (text) => (err += text),
    now: () => 0,
    fetch: async (input, init) => {
      const request = new Request(input instanceof Request ? input.url : String(input), init);
      asked.push({ url: request.url, body: await request.json() });
      const [status, body] = replies.shift() ?? [500, {}];
      return Response.json(body, { status });
    },
    open: async (url) => {
      opened.push(url);
      return opens;
    },
  });
  expect(out + err + opened.join("")).not.toContain("very-secret");
  return { exit, out, err };
}

const LINK = "https://edge.example.com/dashboard#code=one.time.code";

test("opens a link that is good once", async () => {
  const { exit, out } = await call("dashboard", [[200, CODE]]);
  expect([exit, opened]).toEqual([EXIT.ok, [LINK]]);
  expect(asked).toEqual([
    {
      url: "https://edge.example.com/api/langfuse/token",
      body: { scope: "read", ttlSeconds: 3600, once: true },
    },
  ]);
  expect(out).not.toContain(CODE.code);
});

test("prints it where nothing is to be opened, or can be", async () => {
  expect(await call("dashboard --no-open", [[200, CODE]])).toMatchObject({ out: `${LINK}\n` });
  expect(opened).toEqual([]);
  const { exit, out, err } = await call("dashboard", [[200, CODE]], false);
  expect([exit, out]).toEqual([EXIT.ok, `${LINK}\n`]);
  expect(err).toContain("open the link yourself");
});

test("tells programs in JSON, and opens nothing", async () => {
  const { out } = await call("dashboard --json --hours 12", [[200, CODE]]);
  expect(JSON.parse(out)).toEqual({ url: LINK, expiresAt: CODE.expiresAt });
  expect(opened).toEqual([]);
  expect(asked[0]?.body).toMatchObject({ ttlSeconds: 43_200 });
});

test("an edge that has no codes gives a token", async () => {
  const { out } = await call("dashboard --no-open", [
    [503, UNAVAILABLE],
    [200, TOKEN],
  ]);
  expect(out).toBe("https://edge.example.com/dashboard#token=read.token\n");
});

test("a token, which is good for longer than once, is handed to no other program", async () => {
  const { exit, out, err } = await call("dashboard", [
    [503, UNAVAILABLE],
    [200, TOKEN],
  ]);
  expect([exit, opened]).toEqual([EXIT.ok, []]);
  expect(out).toBe("https://edge.example.com/dashboard#token=read.token\n");
  expect(err).toContain("open the link yourself");
});

test("any other refusal is said", async () => {
  const { exit, err } = await call("dashboard", [[503, REFUSED]]);
  expect([exit, asked.length]).toEqual([EXIT.attention, 1]);
  expect(err).toContain("auth_not_configured: too short");
  expect(err).toContain("npx langfuse-edge doctor --url https://");
});

test.each(["0", "13", "soon", "-1"])("--hours %s is none", async (hours) => {
  const { exit } = await call(`dashboard --hours=${hours}`, []);
  expect([exit, asked]).toEqual([EXIT.usage, []]);
});

test("each system has a way to open an address, and none but a shell's words go along", async () => {
  expect(["darwin", "win32", "linux", "aix"].map((name) => openerOf(name)?.[0])).toEqual([
    "open",
    "rundll32",
    "xdg-open",
    undefined,
  ]);
  expect(await openUrl("https://edge.example.com", "aix")).toBe(false);
});
