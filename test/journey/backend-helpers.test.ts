// The helpers of backends, with the official SDK and the built Worker: a token that a page gets in with, and a
// backend's observation below the page's span, by headers and by the ids in the body.
import { startActiveObservation } from "@langfuse/tracing";
import * as api from "@opentelemetry/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.ts";
import {
  createToken,
  inTrace,
  readTrace,
  type SessionToken,
  signToken,
  TokenError,
} from "../../src/server/index.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { type OfficialSdk, officialSdk } from "../support/official-sdk.ts";
import { KEYS, keyVars, post } from "../support/post.ts";
import { rootsOf, treeOf } from "../support/read-span-tree.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const SECRET = "backend-helpers-secret-0123456789-0123456789";
const ASSISTANT = "Claude Assistant";
const BACKEND = `backend-assistant-${ASSISTANT}`;
const CALL = "frontend-backend-api-call";

let langfuse: RecordingLangfuse;
let edge: RunningEdge;
let sdk: OfficialSdk;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  const token = { AUTH: "token", AUTH_TOKEN_SECRET: SECRET };
  edge = await startEdge({ vars: { ...keyVars(langfuse.url), ...token } });
  sdk = officialSdk({ baseUrl: langfuse.url });
});
afterAll(async () => {
  await sdk.stop();
  await edge.stop();
  await langfuse.close();
});

const options = () => ({ url: `${edge.url}/`, ...KEYS });
const bearer = ({ token }: SessionToken) => ({ authorization: `Bearer ${token}` });

describe("a token", () => {
  const who = { sessionId: "chat-7", userId: "ada@example.com" };

  it.each<[string, () => Promise<SessionToken>]>([
    ["of the edge", () => createToken(who, options())],
    ["signed here", () => signToken(who, { publicKey: KEYS.publicKey, secret: SECRET })],
  ])("%s lets a page write as its user", async (_name, make) => {
    const token = await make();
    const event = { action: "create_event", data: { traceId: "t", name: "e" } };
    const { status, body } = await post(edge.url, event, bearer(token));
    expect([status, body["traceId"]]).toEqual([200, `t.${token.ownerTag}`]);
    expect(Date.parse(token.expiresAt)).toBeGreaterThan(Date.now());
  });

  it("that is not to be had is an error with the edge's code", async () => {
    const wrong = createToken(who, { ...options(), secretKey: "sk-lf-wrong" });
    const error: unknown = await wrong.catch((one: unknown) => one);
    expect(error).toBeInstanceOf(TokenError);
    expect(error).toMatchObject({ code: "unauthorized", status: 401 });
  });
});

it("the command's tokens are those that the edge takes: a page's, and a reader's", async () => {
  const env = { LANGFUSE_PUBLIC_KEY: KEYS.publicKey, LANGFUSE_SECRET_KEY: KEYS.secretKey };
  const tokenBy = async (...args: string[]): Promise<Record<string, string>> => {
    let out = "";
    const told = (text: string): void => void (out += text);
    const shell = { env, out: told, err: () => {}, fetch, now: () => Date.now() };
    expect(await run(["token", "--url", edge.url, ...args], shell)).toBe(0);
    return { authorization: `Bearer ${out.trim()}` };
  };
  const event = { action: "create_event", data: { traceId: "t", name: "e" } };
  const page = await tokenBy("--session", "chat-8", "--minutes", "1");
  expect((await post(edge.url, event, page)).status).toBe(200);
  const reader = await tokenBy("--read");
  expect((await post(edge.url, event, reader)).status).toBeGreaterThanOrEqual(401);
  const read = await fetch(`${edge.url}/api/langfuse/outcomes`, { headers: reader });
  expect(read.status).toBe(200);
});

describe("a backend's observation", () => {
  it.each(["headers", "body"])("hangs below the page's span, by its %s", async (way) => {
    const traceId = `ui2-${way}-abc123`;
    const tell = async (action: string, data: object): Promise<Record<string, unknown>> => {
      const { status, body } = await post(edge.url, { action, data: { traceId, ...data } });
      expect(status).toBe(200);
      return body;
    };
    await tell("create_trace", { name: ASSISTANT, sessionId: "chat-7" });
    const call = await tell("create_span", { spanId: "call", name: CALL });
    const langfuseTrace = String(call["langfuseTraceId"]);
    const headers = new Headers({
      traceparent: String(call["traceparent"]),
      baggage: `langfuse_trace_id=${langfuseTrace},langfuse_session_id=chat-7`,
    });
    const body = { trace_id: traceId, parent_span_id: "call", session_id: "chat-7" };
    const joined = way === "headers" ? readTrace(headers) : readTrace(new Headers(), body);
    inTrace(api, joined, () =>
      startActiveObservation(BACKEND, (span) => span.update({ input: "Where?" })),
    );
    await sdk.flush();
    await tell("end_span", { spanId: "call" });
    await tell("end_trace", {});
    const spans = await until(() => {
      const its = langfuse.spans().filter((one) => one.traceId === langfuseTrace);
      return its.length === 3 && its;
    });
    expect(treeOf(spans)).toEqual({ [ASSISTANT]: undefined, [CALL]: ASSISTANT, [BACKEND]: CALL });
    expect(rootsOf(spans)).toEqual([ASSISTANT]);
    const backend = spans.find(({ name }) => name === BACKEND);
    expect(backend && attributesOf(backend)["session.id"]).toBe("chat-7");
  });

  it("is its own where nothing is to be joined", () => {
    expect(inTrace(api, readTrace({}), () => 7)).toBe(7);
  });
});
