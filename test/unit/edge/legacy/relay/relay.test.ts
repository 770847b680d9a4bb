// What a server asks of Langfuse's other paths goes there and back; nobody else's does, and nothing goes elsewhere.
import { describe, expect, it, test, vi } from "vitest";
import { langfuseObservationId, langfuseTraceId } from "../../../../../src/protocol/ids.ts";
import { BodyBudget } from "../../../../../src/edge/body-budget.ts";
import type { EdgeDeps } from "../../../../../src/edge/edge-deps.ts";
import { BASIC, edgeUnderTest, KEYS } from "../../edge-under-test.ts";
import { PATIENTLY } from "../../../../support/until.ts";

for (const level of ["info", "warn"] as const)
  vi.spyOn(console, level).mockImplementation(() => {});

interface Seen {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
  redirect: string;
}

function under(
  answer: (request: Request) => Response | Promise<Response>,
  env = {},
  budget = new BodyBudget(),
) {
  const seen: Seen[] = [];
  const relay: EdgeDeps["relay"] = async (request) => {
    const { url, method, redirect } = request;
    const headers = Object.fromEntries(request.headers);
    const copy = request.clone();
    seen.push({ url, method, redirect, headers, body: await copy.text() });
    return answer(request);
  };
  const base = { ...KEYS, LANGFUSE_BASE_URL: "https://langfuse.test/base", ...env };
  const { app } = edgeUnderTest({
    open: false,
    env: base,
    deps: { relay, bodies: { budget, now: () => 0 } },
  });
  const ask = (
    path: string,
    { headers, ...init }: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
  ): Promise<Response> =>
    Promise.resolve(
      app.request(`https://edge.test${path}`, {
        ...init,
        headers: { authorization: BASIC, ...headers },
      }),
    );
  return { seen, ask };
}
const ok = (): Response => Response.json({ fine: true });

it("goes to the configured base URL, with the caller's own credentials and nothing of this connection", async () => {
  const { seen, ask } = under(ok, { LANGFUSE_EXTRA_HEADERS: '{"cf-access-client-id":"edge"}' });
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
    const { seen, ask } = under(() => new Response(null, { status: 204 }));
    const body = method === "HEAD" || method === "DELETE" ? undefined : '{"a":1}';
    const answer = await ask("/api/public/datasets", { method, ...(body && { body }) });
    expect([answer.status, seen[0]?.method, seen[0]?.body]).toEqual([204, method, body ?? ""]);
  },
);

it("answers a HEAD without a body, and a redirect as one", async () => {
  const { ask } = under((request) =>
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
    const { ask } = under(() => new Response(status === 304 ? null : "no", { status, headers }));
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
  const { ask } = under(() => new Response(stream));
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
    const { seen, ask } = under(ok, env);
    const answer = await ask("/api/public/projects", { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.has("access-control-allow-origin")).toBe(false);
    expect(seen).toEqual([]);
  });

  it("so that no preflight allows it", async () => {
    const { seen, ask } = under(ok, { ALLOWED_ORIGINS: "https://a.test" });
    const headers = { origin: "https://a.test", "access-control-request-method": "GET" };
    const answer = await ask("/api/public/projects", { method: "OPTIONS", headers });
    expect(answer.headers.has("access-control-allow-origin")).toBe(false);
    expect(seen).toEqual([]);
  });
});

test.each([
  "/api/public/..%2f..%2fadmin",
  "/api/public/a%2f..%2f..%2f..%2fx",
  "/api/public/..%5cx",
  "/api/public/%252e%252e/%252e%252e/admin",
  "/api/public/..%25252f..%25252fadmin",
  "/api/public/..%255cx",
  "/api/public/%E0%A4%A",
])("%s leads nowhere", async (path) => {
  const { seen, ask } = under(ok);
  expect((await ask(path)).status).toBe(404);
  expect(seen).toEqual([]);
});

test.each([
  "/api/public/ingestion/",
  "/api/public//ingestion",
  "/api/public/Ingestion",
  "/api/public/otel/v1/traces/",
  "/api/public//otel/v1/traces",
  "/api/public/spans/",
])(
  "%s is no way around what the edge does to data: it is written there as it is called",
  async (path) => {
    const { seen, ask } = under(ok, { MASK: "email" });
    await ask(path, { method: "POST", body: '{"batch":[]}' });
    expect(seen).toEqual([]);
  },
);

test.each(["PROPFIND", "LOCK", "BREW"])("%s is no method of Langfuse's", async (method) => {
  const { seen, ask } = under(ok);
  const answer = await ask("/api/public/projects", { method });
  expect([answer.status, answer.headers.get("allow")]).toEqual([
    405,
    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
  ]);
  expect(await answer.json()).toMatchObject({ code: "method_not_allowed" });
  expect(seen).toEqual([]);
});

describe("bodies on their way to Langfuse", () => {
  const MEBI = 1024 * 1024;
  const upload = (path: string, bytes: number) =>
    [
      `/api/public/${path}`,
      { method: "POST", body: "{}", headers: { "content-length": String(bytes) } },
    ] as const;

  it.each(["datasets", "media"])(
    "to %s count in the budget of all, until it has answered",
    async (path) => {
      const budget = new BodyBudget();
      let answer: (response: Response) => void = () => {};
      const answered = new Promise<Response>((resolve) => {
        answer = resolve;
      });
      const held: number[] = [];
      const { ask } = under(
        (request) => {
          held.push(budget.heldBytes);
          return request.url.endsWith("/slow") ? answered : ok();
        },
        {},
        budget,
      );
      const [, init] = upload("slow", 3 * MEBI);
      const slow = ask("/api/public/slow", init);
      await vi.waitFor(() => expect(held).toHaveLength(1), PATIENTLY);
      expect(held[0]).toBe(3 * MEBI);
      expect((await ask(...upload(path, 10))).status).toBe(200);
      answer(ok());
      expect((await slow).status).toBe(200);
      await vi.waitFor(() => expect(budget.heldBytes).toBe(0), PATIENTLY);
    },
  );

  it.each(["datasets", "media"])(
    "to %s are asked to come again where there is no room",
    async (path) => {
      const budget = new BodyBudget();
      expect(budget.take(budget.share(), 12 * MEBI - 1, 0)).toBe(true);
      const { seen, ask } = under(ok, {}, budget);
      const large = { method: "POST", body: "x".repeat(200_000) };
      const headers = { "content-length": "200000" };
      const answer = await ask(`/api/public/${path}`, { ...large, headers });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await answer.json()).toMatchObject({ code: "overloaded" });
      expect(seen).toEqual([]);
      // A small one has room that is kept for such.
      expect(
        (
          await ask("/api/public/datasets", {
            ...large,
            body: "{}",
            headers: { "content-length": "2" },
          })
        ).status,
      ).toBe(200);
    },
  );

  it("larger than Langfuse takes count as what it takes: they are streams", async () => {
    const budget = new BodyBudget();
    const held: number[] = [];
    const { ask } = under(
      () => {
        held.push(budget.heldBytes);
        return ok();
      },
      {},
      budget,
    );
    expect((await ask(...upload("datasets", 50 * MEBI))).status).toBe(200);
    expect(held).toEqual([4.5 * MEBI]);
  });
});

it("a body that breaks off is no error of ours", async () => {
  const { seen, ask } = under(ok);
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  const init = { method: "POST", body, duplex: "half" } as const;
  const answer = await ask("/api/public/media", init);
  expect(answer.status).toBe(400);
  expect(seen).toEqual([]);
});

it("answers that Langfuse cannot be reached, without a word of where it is", async () => {
  const { ask } = under(() => Promise.reject(new Error("connect langfuse.test")));
  const answer = await ask("/api/public/projects");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await answer.text()).not.toContain("langfuse.test");
});

describe("ids", () => {
  const T = langfuseTraceId("t/1");
  const O = langfuseObservationId(T, "o");
  test.each([
    ["/api/public/v2/scores?traceId=t%2F1&limit=3", `/api/public/v2/scores?traceId=${T}&limit=3`],
    [
      "/api/public/v3/scores?observationId=o&traceId=t%2F1",
      `/api/public/v3/scores?observationId=${O}&traceId=${T}`,
    ],
    ["/api/public/scores?traceId=", "/api/public/scores?traceId="],
    [
      "/api/public/v2/observations?parentObservationId=o&traceId=t%2F1",
      `/api/public/v2/observations?parentObservationId=${O}&traceId=${T}`,
    ],
    [`/api/public/scores?traceId=${T}`, `/api/public/scores?traceId=${T}`],
    ["/api/public/traces/t%2F1", `/api/public/traces/${T}`],
    ["/api/public/sessions/t%2F1", "/api/public/sessions/t%2F1"],
    ["/api/public/scores?name=a+b%20c", "/api/public/scores?name=a+b%20c"],
  ])("of %s", async (path, expected) => {
    const { seen, ask } = under(ok);
    await ask(path);
    expect(seen[0]?.url).toBe(`https://langfuse.test/base${expected}`);
  });

  test.each(["media", "dataset-run-items"])("in a body for %s", async (path) => {
    const { seen, ask } = under(ok);
    const send = (body: string) =>
      ask(`/api/public/${path}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
    await send(JSON.stringify({ traceId: "t/1", observationId: "o", field: "input" }));
    await send(JSON.stringify({ traceId: "t/1", observationId: null }));
    await send("no JSON");
    expect(seen.map(({ body }) => body)).toEqual([
      JSON.stringify({ traceId: T, observationId: O, field: "input" }),
      JSON.stringify({ traceId: T, observationId: null }),
      "no JSON",
    ]);
    expect((await send("x".repeat(1024 * 1024 + 1))).status).toBe(413);
  });

  it("leave every byte beside them: numbers that JavaScript would round, spaces, escapes", async () => {
    const { seen, ask } = under(ok);
    const [before, between, after] = [
      '{ "size": 12345678901234567890, "rate":1e400,\n"traceId" : ',
      ', "in": {"traceId": "t/1"}, "observationId":',
      ', "x": "\\u00e9\\/", "n": 1.10 }',
    ];
    const body = `${before}"t\\/1"${between}"o"${after}`;
    await ask("/api/public/media", { method: "POST", body });
    expect(seen[0]?.body).toBe(`${before}"${T}"${between}"${O}"${after}`);
  });

  it("that are no JSON go on byte by byte", async () => {
    const bytes = Uint8Array.of(0xff, 0xfe, 0x7b, 0x00);
    let sent: Uint8Array | undefined;
    const { ask } = under(async (request) => {
      sent = new Uint8Array(await request.arrayBuffer());
      return ok();
    });
    await ask("/api/public/media", { method: "POST", body: bytes });
    expect(sent).toEqual(bytes);
  });

  it("in the body of a deletion", async () => {
    const { seen, ask } = under(ok);
    const body = JSON.stringify({ traceIds: ["t/1", T, 7] });
    await ask("/api/public/traces", { method: "DELETE", body });
    expect(seen[0]?.body).toBe(JSON.stringify({ traceIds: [T, T, 7] }));
  });

  it("stay where the edge sends them as they are", async () => {
    const { seen, ask } = under(ok, { TRACE_ID_FORMAT: "verbatim" });
    await ask("/api/public/traces/t%2F1");
    expect(seen[0]?.url).toBe("https://langfuse.test/base/api/public/traces/t%2F1");
  });
});

describe("LEGACY", () => {
  const batch = { method: "POST", body: '{"batch":[]}', headers: { "x-langfuse-sdk-name": "js" } };
  it("report: events go to Langfuse as they are, and who posts is counted", async () => {
    const count = vi.fn();
    const { app } = edgeUnderTest({
      open: false,
      env: { ...KEYS, LEGACY: "report" },
      deps: { relay: async () => Response.json({ passed: true }), census: { count } },
    });
    const headers = { ...batch.headers, authorization: BASIC };
    const answer = await app.request("/api/public/ingestion", { ...batch, headers });
    expect(await answer.json()).toEqual({ passed: true });
    expect(count.mock.calls).toEqual([["pk-secret-1", { sdk: "js", version: "unknown" }, 0]]);
    await app.request("/api/public/ingestion", batch);
    expect(count).toHaveBeenCalledTimes(1);
  });

  it.each(["off", "nonsense"])("%s: there are no such paths", async (LEGACY) => {
    const { seen, ask } = under(ok, { LEGACY });
    for (const path of ["ingestion", "projects", "traces"]) {
      expect((await ask(`/api/public/${path}`, batch)).status).toBe(404);
    }
    expect(seen).toEqual([]);
  });
});
