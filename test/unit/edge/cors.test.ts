import { beforeEach, describe, expect, test, vi } from "vitest";
import { TOKEN_PATH, TRACE_PATH } from "../../../src/edge/app.ts";
import { ENV, signed } from "./access/tokens.ts";
import { BASIC, edgeUnderTest } from "./edge-under-test.ts";

beforeEach(() => {
  for (const level of ["info", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

const PAGE = "https://app.example.com";
const edge = (env: Record<string, unknown> = {}) =>
  edgeUnderTest({ env: { ...ENV, ALLOWED_ORIGINS: PAGE, ...env }, open: false });
const SPAN = { action: "create_span", data: { traceId: "t", spanId: "x" } };
const corsOf = (headers: Headers): string[] =>
  [...headers.keys()].filter((name) => name.startsWith("access-control-"));

const REQUESTS: [name: string, path: string, init: RequestInit][] = [
  ["health", TRACE_PATH, {}],
  ["HEAD", TRACE_PATH, { method: "HEAD" }],
  ["a preflight", TRACE_PATH, { method: "OPTIONS" }],
  ["another method", TRACE_PATH, { method: "PUT" }],
  ["no token", TRACE_PATH, { method: "POST", body: "{}" }],
  ["no JSON", TRACE_PATH, { method: "POST", body: "{" }],
  ["another path", "/x", {}],
  ["the path in other letters", TRACE_PATH.replace("use", "us%65"), { method: "POST", body: "{}" }],
  ["the path of tokens", TOKEN_PATH, { method: "POST", body: "{}" }],
  ["a GET of tokens", TOKEN_PATH, {}],
];

describe.each(REQUESTS)("%s", (_, path, init) => {
  const send = async (headers: Record<string, string>) =>
    edge().app.request(path, { ...init, headers });

  test("varies by origin, whatever it is", async () => {
    for (const origin of [undefined, PAGE, "https://evil.test"]) {
      const { headers } = await send(origin === undefined ? {} : { origin });
      expect(headers.get("vary")).toBe("Origin");
    }
  });
  test("can be read by an allowed page, with what it has to see", async () => {
    const { headers } = await send({ origin: PAGE });
    expect(headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(headers.get("access-control-expose-headers")).toContain("retry-after");
    expect(headers.has("access-control-allow-credentials")).toBe(false);
  });
  test("tells other pages nothing", async () => {
    for (const origin of ["https://evil.test", "null", `${PAGE}.evil.io`]) {
      const answer = await send({ origin });
      expect(corsOf(answer.headers)).toEqual([]);
      expect(answer.status).toBe(403);
    }
    expect(corsOf((await send({})).headers)).toEqual([]);
  });
});

test("what an allowed page sends is kept, and another's is not", async () => {
  const { post, app, appends } = edge();
  const authorization = `Bearer ${await signed()}`;
  expect((await post(SPAN, { authorization, origin: PAGE })).status).toBe(200);
  const headers = { authorization, origin: "https://evil.test" };
  const init = { method: "POST", headers, body: JSON.stringify(SPAN) };
  const refused = await app.request(TRACE_PATH, init);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: { code: "origin_not_allowed" } });
  expect(appends).toHaveLength(1);
});

test("a preflight says what may be sent, and may be kept", async () => {
  const { app } = edge();
  const answer = await app.request(TRACE_PATH, { method: "OPTIONS", headers: { origin: PAGE } });
  expect(answer.status).toBe(204);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers": "content-type, authorization, content-encoding",
    "access-control-max-age": "86400",
  });
});

test("cookies only where it is configured", async () => {
  const { app } = edge({ ALLOW_CREDENTIALS: "true" });
  const allowed = await app.request(TRACE_PATH, { headers: { origin: PAGE } });
  expect(allowed.headers.get("access-control-allow-credentials")).toBe("true");
  const other = await app.request(TRACE_PATH, { headers: { origin: "https://evil.test" } });
  expect(corsOf(other.headers)).toEqual([]);
});

test("a secret key in a page is told as that, of whatever origin", async () => {
  for (const origin of [PAGE, "https://evil.test"]) {
    const { post } = edge();
    const answer = await post(SPAN, { authorization: BASIC, origin });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
  }
});

test("where no page is let in at all, that is what is said", async () => {
  const { post } = edge({ AUTH: "" });
  const answer = await post(SPAN, { origin: "https://any.test" });
  expect(answer).toMatchObject({ status: 503, body: { error: { code: "auth_not_configured" } } });
  expect(corsOf(answer.headers)).toEqual([]);
});
