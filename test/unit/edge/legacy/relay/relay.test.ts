// What a server asks of Langfuse's other paths goes there and back; nobody else's does.
import { describe, expect, it, test } from "vitest";
import { BASIC } from "../../edge-under-test.ts";
import { ok, relayUnderTest } from "./relaying.ts";

it("goes to the configured base URL, with the caller's own credentials and nothing of this connection", async () => {
  const { seen, ask } = relayUnderTest(ok, {
    LANGFUSE_EXTRA_HEADERS: '{"cf-access-client-id":"edge"}',
  });
  const answer = await ask("/api/public/v2/prompts/a%2Fb?label=x&label=y", {
    headers: {
      "if-none-match": '"1"',
      "x-langfuse-sdk-name": "js",
      connection: "close, x-mine",
      "x-mine": "1",
      "cf-connecting-ip": "1.2.3.4",
      "x-forwarded-host": "evil.test",
      cookie: "a=b",
      te: "trailers",
    },
  });
  expect(await answer.json()).toEqual({ fine: true });
  expect(seen).toEqual([
    {
      url: "https://langfuse.test/base/api/public/v2/prompts/a%2Fb?label=x&label=y",
      method: "GET",
      redirect: "manual",
      body: "",
      headers: {
        authorization: BASIC,
        "if-none-match": '"1"',
        "x-langfuse-sdk-name": "js",
        "cf-access-client-id": "edge",
        via: "1.1 langfuse-edge",
      },
    },
  ]);
});

test.each(["HEAD", "POST", "PUT", "PATCH", "DELETE"])(
  "%s is passed on, body and all",
  async (method) => {
    const { seen, ask } = relayUnderTest(() => new Response(null, { status: 204 }));
    const body = method === "HEAD" || method === "DELETE" ? undefined : '{"a":1}';
    const answer = await ask("/api/public/datasets", { method, ...(body && { body }) });
    expect([answer.status, seen[0]?.method, seen[0]?.body]).toEqual([204, method, body ?? ""]);
  },
);

it("answers a HEAD without a body, and a redirect as one", async () => {
  const { ask } = relayUnderTest((request) =>
    request.method === "HEAD"
      ? new Response(null, { headers: { etag: '"1"' } })
      : new Response(null, { status: 302, headers: { location: "https://login.test/" } }),
  );
  expect((await ask("/api/public/projects", { method: "HEAD" })).headers.get("etag")).toBe('"1"');
  const moved = await ask("/api/public/projects");
  expect([moved.status, moved.headers.get("location")]).toEqual([302, "https://login.test/"]);
});

it("passes a 304 and an error on as they are, and opens no answer to pages", async () => {
  const headers = {
    "access-control-allow-origin": "*",
    "set-cookie": "a=b",
    connection: "x-hop",
    "x-hop": "1",
    etag: '"1"',
    "retry-after": "7",
  };
  const statuses = [304, 429, 500];
  for (const status of statuses) {
    const { ask } = relayUnderTest(
      () => new Response(status === 304 ? null : "no", { status, headers }),
    );
    const answer = await ask("/api/public/scores");
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: '"1"',
      "retry-after": "7",
      vary: "Origin",
    });
    for (const name of ["access-control-allow-origin", "set-cookie", "connection", "x-hop"]) {
      expect(answer.headers.has(name)).toBe(false);
    }
  }
});

it("is a stream: what has come is passed on before the rest is there", async () => {
  let more: (text: string) => void = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      more = (text) => controller.enqueue(new TextEncoder().encode(text));
      more("first");
    },
  });
  const { ask } = relayUnderTest(() => new Response(stream));
  const reader = (await ask("/api/public/traces")).body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first");
  more("second");
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("second");
  await reader?.cancel();
});

describe("is only for servers", () => {
  test.each<[string, Record<string, string>, number]>([
    ["a page with the secret key", { authorization: BASIC, origin: "https://a.test" }, 403],
    ["a page of the edge's own host", { "sec-fetch-site": "same-origin" }, 403],
    ["keys that a browser has kept", { "sec-fetch-site": "cross-site" }, 403],
    ["the public key alone", { authorization: "Bearer pk-secret-1" }, 401],
    ["nobody", { authorization: "" }, 401],
    ["another key", { authorization: `Basic ${btoa("pk-else:sk-else")}` }, 401],
  ])("and not for %s", async (_, headers, status) => {
    const env = { ALLOWED_ORIGINS: "https://a.test" };
    const { seen, ask } = relayUnderTest(ok, env);
    const answer = await ask("/api/public/projects", { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.has("access-control-allow-origin")).toBe(false);
    expect(seen).toEqual([]);
  });

  it("so that no preflight allows it", async () => {
    const { seen, ask } = relayUnderTest(ok, { ALLOWED_ORIGINS: "https://a.test" });
    const headers = { origin: "https://a.test", "access-control-request-method": "GET" };
    const answer = await ask("/api/public/projects", { method: "OPTIONS", headers });
    expect(answer.headers.has("access-control-allow-origin")).toBe(false);
    expect(seen).toEqual([]);
  });
});

test.each(["PROPFIND", "LOCK", "BREW"])("%s is no method of Langfuse's", async (method) => {
  const { seen, ask } = relayUnderTest(ok);
  const answer = await ask("/api/public/projects", { method });
  expect([answer.status, answer.headers.get("allow")]).toEqual([
    405,
    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
  ]);
  expect(await answer.json()).toMatchObject({ code: "method_not_allowed" });
  expect(seen).toEqual([]);
});

it("answers that Langfuse cannot be reached, without a word of where it is", async () => {
  const { ask } = relayUnderTest(() => Promise.reject(new Error("connect langfuse.test")));
  const answer = await ask("/api/public/projects");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await answer.text()).not.toContain("langfuse.test");
});
