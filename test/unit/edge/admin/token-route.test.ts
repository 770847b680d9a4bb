import { decodeJwt, decodeProtectedHeader } from "jose";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { langfuseTraceId, objectName } from "../../../../src/protocol/ids.ts";
import { TOKEN_PATH } from "../../../../src/edge/app.ts";
import { ENV, SECONDS, SECRET, signed } from "../access/tokens.ts";
import { BASIC, edgeUnderTest, told, type Told } from "../edge-under-test.ts";
import { NOW } from "../interpret/interpreting.ts";

const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  vi.spyOn(console, "info").mockImplementation((line: string) => logged.push(line));
});

const SPAN = { action: "create_span", data: { traceId: "t", spanId: "x" } };
const edge = (env: Record<string, unknown> = ENV) => edgeUnderTest({ env, open: false });
async function ask(
  { app }: ReturnType<typeof edge>,
  body: unknown,
  headers: Record<string, string> = { authorization: BASIC },
): Promise<Told> {
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  return told(await app.request(TOKEN_PATH, init));
}

describe("a token", () => {
  test("is signed for a server, and opens what it says", async () => {
    const by = edge();
    const wanted = { sessionId: "chat-7", userId: "ada", ttlSeconds: 60, actions: ["create_span"] };
    const { status, body, headers } = await ask(by, wanted);
    expect([status, body]).toEqual([
      200,
      {
        token: expect.any(String),
        expiresAt: new Date(NOW + 60_000).toISOString(),
        publicKey: "pk-secret-1",
        sessionId: "chat-7",
        userId: "ada",
        ownerTag: "598bbd6600cf3412",
      },
    ]);
    expect(headers.get("cache-control")).toBe("no-store");
    const token = String(body["token"]);
    expect(decodeProtectedHeader(token)).toEqual({ alg: "HS256", typ: "JWT", kid: "pk-secret-1" });
    expect(decodeJwt(token)).toEqual({
      aud: "langfuse-edge",
      project: "pk-secret-1",
      sub: "ada",
      sid: "chat-7",
      actions: ["create_span"],
      iat: SECONDS,
      exp: SECONDS + 60,
    });
    const answer = await by.post(SPAN, { authorization: `Bearer ${token}` });
    expect(answer).toMatchObject({ status: 200, body: { traceId: "t.598bbd6600cf3412" } });
    const other = await by.post(
      { action: "end_span", data: { traceId: "t", spanId: "x" } },
      {
        authorization: `Bearer ${token}`,
      },
    );
    expect(other).toMatchObject({ status: 403, body: { error: { code: "action_not_allowed" } } });
  });

  test("needs only a session, and lives ten minutes", async () => {
    const { body } = await ask(edge(), { sessionId: "chat-7", userId: null });
    expect(body).toMatchObject({ expiresAt: new Date(NOW + 600_000).toISOString() });
    expect(body).not.toHaveProperty("userId");
    expect(decodeJwt(String(body["token"]))).toMatchObject({ sid: "chat-7", exp: SECONDS + 600 });
    expect(decodeJwt(String(body["token"]))).not.toHaveProperty("sub");
  });

  test.each([
    {},
    { sessionId: "" },
    { sessionId: 5 },
    { sessionId: "a\nb" },
    { sessionId: "x".repeat(201) },
    { sessionId: "s", userId: "" },
    { sessionId: "s", user_id: "ada" },
    { sessionId: "s", ttlSeconds: 0 },
    { sessionId: "s", ttlSeconds: 86_401 },
    { sessionId: "s", ttlSeconds: 1.5 },
    { sessionId: "s", actions: ["drop_table"] },
    { sessionId: "s", actions: "create_span" },
    [],
    null,
    "s",
  ])("for %j is refused", async (body) => {
    expect(await ask(edge(), body)).toMatchObject({
      status: 400,
      body: { success: false, error: { code: "invalid_request", issues: expect.any(Array) } },
    });
  });

  test("that is wrong is told in words that quote nothing", async () => {
    const sent = {
      sessionId: "",
      userId: 5,
      ttlSeconds: 1.5,
      actions: ["drop_table", "x"],
      user_id: "ada",
    };
    const { body } = await ask(edge(), sent);
    const words = "must be text of 1 to 200 characters, without control characters";
    const actions = expect.stringMatching(/^must be a list of create_trace, /) as string;
    expect(body["error"]).toMatchObject({
      issues: [
        { path: "sessionId", message: words },
        { path: "userId", message: words },
        { path: "ttlSeconds", message: "must be a whole number from 1 to 86400" },
        { path: "actions", message: actions },
        { path: "", message: "may have sessionId, userId, ttlSeconds and actions, nothing else" },
      ],
    });
    expect(JSON.stringify(body)).not.toMatch(/drop_table|user_id|Invalid|Unrecognized|expected/);
    expect((await ask(edge(), [])).body["error"]).toMatchObject({
      message: "the body must be a JSON object",
    });
  });

  test("is for servers", async () => {
    const wanted = { sessionId: "s" };
    expect((await ask(edge(), wanted, {})).status).toBe(401);
    const authorization = `Bearer ${await signed()}`;
    expect(await ask(edge(), wanted, { authorization })).toMatchObject({
      status: 403,
      body: { error: { code: "forbidden" } },
    });
    const page = { authorization: BASIC, origin: "https://app.test" };
    expect(await ask(edge(), wanted, page)).toMatchObject({
      status: 403,
      body: { error: { code: "forbidden", message: expect.stringContaining("secret key") } },
    });
  });

  test("is not made where none would be accepted", async () => {
    for (const env of [
      { ...ENV, AUTH: "" },
      { ...ENV, AUTH_TOKEN_SECRET: "short" },
    ]) {
      expect(await ask(edge(env), { sessionId: "s" })).toMatchObject({
        status: 503,
        body: { error: { code: "auth_not_configured" } },
      });
    }
  });

  test("has one method and a small body", async () => {
    const { app } = edge();
    const got = await told(await app.request(TOKEN_PATH));
    expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await ask(edge(), { sessionId: "s", x: "x".repeat(20_000) })).status).toBe(413);
  });
});

describe("who shows a token", () => {
  test("meets nobody else: objects, sequence numbers and traces are its owner's", async () => {
    const by = edge();
    const post = async (sub: string, authorization?: string) =>
      by.post(
        { ...SPAN, seq: 1, clientId: "tab", sessionId: "chat-7" },
        { authorization: authorization ?? `Bearer ${await signed({ sub })}` },
      );
    const [ada, eve] = [await post("ada"), await post("eve")];
    await post("", BASIC);
    const [ours, theirs, servers] = by.appends;
    expect(new Set([ours?.object, theirs?.object, servers?.object]).size).toBe(3);
    expect(ada.body["langfuseTraceId"]).not.toBe(eve.body["langfuseTraceId"]);
    expect(ours).toMatchObject({
      object: objectName({
        project: "pk-secret-1",
        owner: "user:ada",
        kind: "session",
        value: "chat-7",
      }),
      request: {
        writer: "browser",
        sessionId: "chat-7",
        actions: [{ seq: 1, change: { trace: langfuseTraceId("t.598bbd6600cf3412") } }],
      },
    });
  });

  test("writes into the token's session, named or not, and into no other", async () => {
    const by = edge();
    const authorization = `Bearer ${await signed()}`;
    for (const more of [{}, { sessionId: "chat-7" }]) {
      expect((await by.post({ ...SPAN, ...more }, { authorization })).status).toBe(200);
    }
    expect(by.appends[0]?.object).toBe(by.appends[1]?.object);
    expect(await by.post({ ...SPAN, sessionId: "chat-8" }, { authorization })).toMatchObject({
      status: 403,
      body: { error: { code: "session_mismatch" } },
    });
    expect(by.appends).toHaveLength(2);
  });

  test("may send it as a beacon's first line", async () => {
    const by = edge();
    const token = await signed();
    const plain = { "content-type": "text/plain;charset=UTF-8" };
    const sent = await by.post(`Bearer ${token}\n${JSON.stringify(SPAN)}`, plain);
    expect(sent.status).toBe(200);
    expect(await by.post(`Bearer ${token}x\n${JSON.stringify(SPAN)}`, plain)).toMatchObject({
      status: 401,
      body: { error: { code: "token_invalid" } },
    });
    expect((await by.post(JSON.stringify(SPAN), plain)).status).toBe(401);
    const wrongKind = { "content-type": "application/json" };
    expect((await by.post(`Bearer ${token}\n${JSON.stringify(SPAN)}`, wrongKind)).status).toBe(401);
    // In development, where nobody has to say who they are, the line is only a line.
    const open = edgeUnderTest();
    expect((await open.post(`Bearer x\n${JSON.stringify(SPAN)}`, plain)).status).toBe(200);
  });

  test("is told apart in the log, which holds no token", async () => {
    const token = await signed({ aud: "other" });
    await edge().post(SPAN, { authorization: `Bearer ${token}` });
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0] ?? "")).toMatchObject({
      event: "request",
      status: 401,
      auth: "aud",
    });
    for (const secret of [token, SECRET, token.split(".")[1] ?? ""]) {
      expect(logged[0]).not.toContain(secret);
    }
  });
});
