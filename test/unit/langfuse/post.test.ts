import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type LangfuseAnswer, classify } from "../../../src/langfuse/classify.ts";
import { WIRE_ROUTE } from "../../../src/langfuse/encode.ts";
import { MAX_ANSWER_BYTES, postJson, type Send } from "../../../src/langfuse/post.ts";
import { posterTo } from "../../../src/langfuse/poster.ts";
import type { Project } from "../../../src/settings/index.ts";

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

const SECRET = "sk-lf-ünïcode-secret";
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A server on loopback that answers as told and remembers what it was asked. */
async function langfuse(
  reply: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<{ project: Project; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks);
      const zipped = request.headers["content-encoding"] === "gzip";
      const body = (zipped ? gunzipSync(raw) : raw).toString();
      received.push({ method: request.method, url: request.url, headers: request.headers, body });
      reply(response, request);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    received,
    project: { publicKey: "pk-lf-1", secretKey: SECRET, baseUrl: `http://127.0.0.1:${port}/sub` },
  };
}

const json = (status: number, body: string, headers: Record<string, string> = {}) => {
  return (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  };
};

const send: Send = (request) => fetch(request);
const within = (timeoutMs: number) => ({ timeoutMs, now: Date.now });
const post = (
  project: Project,
  headers: Record<string, string> = {},
  ms = 60_000,
): Promise<LangfuseAnswer> =>
  postJson(send, project, headers, WIRE_ROUTE.observation, '{"ä":"😀"}', within(ms));

describe("the request", () => {
  it("is gzipped JSON with Langfuse's headers, below the base URL's path", async () => {
    const { project, received } = await langfuse(json(200, "{}"));
    await post(project);
    expect(received).toEqual([
      {
        method: "POST",
        url: "/sub/api/public/otel/v1/traces",
        body: '{"ä":"😀"}',
        headers: expect.objectContaining({
          "content-type": "application/json",
          "content-encoding": "gzip",
          "x-langfuse-ingestion-version": "4",
          "x-langfuse-sdk-name": "langfuse-edge",
          "x-langfuse-sdk-version": expect.stringMatching(/^\d+\.\d+\.\d+/),
          "x-langfuse-public-key": "pk-lf-1",
        }) as object,
      },
    ]);
    const [, credentials = ""] = received[0]?.headers.authorization?.split(" ") ?? [];
    expect(Buffer.from(credentials, "base64").toString("utf8")).toBe(`pk-lf-1:${SECRET}`);
  });

  it("of scores is plain: the real Langfuse does not inflate on that path", async () => {
    const { project, received } = await langfuse(json(207, '{"successes":[],"errors":[]}'));
    await postJson(send, project, {}, WIRE_ROUTE.score, '{"ä":"😀"}', within(60_000));
    expect(received).toMatchObject([{ url: "/sub/api/public/ingestion", body: '{"ä":"😀"}' }]);
    expect(received[0]?.headers).not.toHaveProperty("content-encoding");
  });

  it("takes extra headers, an explicit authorization too, but none that describe the body", async () => {
    const { project, received } = await langfuse(json(200, "{}"));
    await post(project, {
      "X-Access": "token",
      Authorization: "Bearer proxy",
      "Content-Type": "a/b",
    });
    expect(received[0]?.headers).toMatchObject({
      "x-access": "token",
      authorization: "Bearer proxy",
      "content-type": "application/json",
    });
  });

  it("can be made with a public key that no header may hold", async () => {
    const { project, received } = await langfuse(json(200, "{}"));
    expect(await post({ ...project, publicKey: "pk-ключ\n" })).toMatchObject({ status: 200 });
    expect(received[0]?.headers).not.toHaveProperty("x-langfuse-public-key");
  });
});

describe("the answer", () => {
  it("has status, type, Retry-After and words", async () => {
    const { project } = await langfuse(
      json(429, '{"message":"slow down"}', { "retry-after": "7" }),
    );
    expect(await post(project)).toEqual({
      status: 429,
      contentType: "application/json",
      retryAfter: "7",
      bodyText: '{"message":"slow down"}',
      cut: false,
    });
  });

  it("of a redirect is the redirect itself", async () => {
    const { project, received } = await langfuse((response) => {
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    expect(classify(await post(project), 0).kind).toBe("wrong_url");
    expect(received).toHaveLength(1);
  });

  it.each([
    [200, "text/html", "<html>Sign in</html>", "wrong_url"],
    [413, "text/html", "<html>413 Request Entity Too Large</html>", "too_large"],
    [200, "application/json", "{}", "delivered"],
  ])("%d %s", async (status, contentType, body, kind) => {
    const { project } = await langfuse(json(status, body, { "content-type": contentType }));
    expect(classify(await post(project), 0).kind).toBe(kind);
  });

  it("is read up to a bound", async () => {
    const { project } = await langfuse(json(200, "x".repeat(MAX_ANSWER_BYTES + 1)));
    const answer = await post(project);
    expect(answer).toMatchObject({ status: 200, cut: true });
    expect("bodyText" in answer && answer.bodyText.length).toBe(MAX_ANSWER_BYTES);
  });

  it("exactly at the bound is whole", async () => {
    const { project } = await langfuse(json(200, "x".repeat(MAX_ANSWER_BYTES)));
    expect(await post(project)).toMatchObject({ cut: false });
  });
});

describe("no answer", () => {
  it("in time, before the head", async () => {
    const { project } = await langfuse(() => undefined);
    expect(await post(project, {}, 50)).toMatchObject({ failure: "timeout" });
  });

  it("in time, within the body", async () => {
    const { project } = await langfuse((response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"half":');
    });
    expect(await post(project, {}, 50)).toMatchObject({ failure: "timeout" });
  });

  it("in time, from a send that knows no signal", async () => {
    const deaf: Send = () => new Promise(() => undefined);
    const project = { publicKey: "pk", secretKey: SECRET, baseUrl: "http://127.0.0.1" };
    expect(await postJson(deaf, project, {}, WIRE_ROUTE.score, "{}", within(20))).toMatchObject({
      failure: "timeout",
    });
  });

  it("in time, of an isolate that stood still before it was sent: then it is not sent", async () => {
    const { project, received } = await langfuse(json(200, "{}"));
    let now = 0;
    const stoodStill = () => (now += 10_000);
    const time = { timeoutMs: 9_000, now: stoodStill };
    expect(await postJson(send, project, {}, WIRE_ROUTE.observation, "{}", time)).toMatchObject({
      failure: "timeout",
    });
    expect(received).toEqual([]);
  });

  it("in time as it seems to an isolate that stood still: one that is there is read first", async () => {
    vi.useFakeTimers();
    try {
      let now = 0;
      const answer = Promise.withResolvers<Response>();
      const slow: Send = () => {
        now = 60_000;
        return answer.promise;
      };
      const project = { publicKey: "pk", secretKey: SECRET, baseUrl: "http://127.0.0.1" };
      const time = { timeoutMs: 20, now: () => now };
      const posted = postJson(slow, project, {}, WIRE_ROUTE.score, "{}", time);
      await vi.advanceTimersByTimeAsync(40);
      answer.resolve(new Response("{}"));
      expect(await posted).toMatchObject({ status: 200 });
    } finally {
      vi.useRealTimers();
    }
  });

  it("at all: nobody listens", async () => {
    const { project } = await langfuse(json(200, "{}"));
    await Promise.all(closers.splice(0).map((close) => close()));
    expect(await post(project)).toMatchObject({ failure: "network" });
  });

  it("from a send that throws", async () => {
    const broken: Send = () => Promise.reject(new Error("Network connection lost."));
    const project = { publicKey: "pk", secretKey: SECRET, baseUrl: "http://127.0.0.1" };
    expect(await postJson(broken, project, {}, WIRE_ROUTE.score, "{}", within(1000))).toMatchObject(
      {
        failure: "network",
      },
    );
  });
});

describe("posterTo", () => {
  it("lets no key through in Langfuse's words", async () => {
    const words = `key ${SECRET} of pk-lf-1 is unknown`;
    const { project, received } = await langfuse(json(400, JSON.stringify({ error: words })));
    const deliver = posterTo({ send, project, extraHeaders: {}, timeoutMs: 60_000, now: () => 0 });
    expect(await deliver("observation", ['{"name":"a"}'])).toEqual({
      kind: "bad_request",
      about: "unsaid",
      message: "key [redacted] of [redacted] is unknown",
    });
    expect(received[0]?.body).toContain('"spans":[{"name":"a"}]');
  });

  it("nor in what it says of an event, nor of a failure", async () => {
    const body = JSON.stringify({ errors: [{ id: "e", status: 400, message: SECRET }] });
    const { project } = await langfuse(json(207, body));
    const deps = { send, project, extraHeaders: {}, timeoutMs: 60_000, now: () => 0 };
    expect(await posterTo(deps)("score", ["{}"])).toMatchObject({
      kind: "partly",
      refused: [{ id: "e", message: "[redacted]" }],
    });
    const broken: Send = () => Promise.reject(new Error(`bad header ${SECRET}`));
    expect(
      JSON.stringify(await posterTo({ ...deps, send: broken })("score", ["{}"])),
    ).not.toContain(SECRET);
  });
});
