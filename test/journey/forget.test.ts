// A session is deleted from outside: by its project's server and nobody else, whoever wrote into it.
import { afterAll, beforeAll, expect, it } from "vitest";
import { basic, KEYS, post } from "../support/post.ts";
import { until } from "../support/until.ts";
import { buildWorld, OTHER_PROJECT, PAGE, type World } from "./attacks/world.ts";

let world: World;
beforeAll(async () => {
  // Long enough to delete a session before anything of it goes out, short enough to see that it does.
  world = await buildWorld({ LANGFUSE_FLUSH_INTERVAL: "3" });
});
afterAll(() => world.stop());

const SECRET = "nobody else's business";
const NOTHING = { actions: 0, open: 0, pending: 0, dead: 0 };

async function remove(id: string, headers: Record<string, string> = { authorization: basic() }) {
  const url = `${world.edge.url}/api/langfuse/session/${id}`;
  const response = await fetch(url, { method: "DELETE", headers });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as Record<string, unknown>, text };
}

/** An open trace with one observation that has ended: it goes out when the flush interval is over. */
const openTurn = (sessionId: string, traceId: string) => ({
  sessionId,
  clientId: "tab",
  actions: [
    { seq: 1, action: "create_trace", data: { traceId, name: SECRET, input: SECRET } },
    { seq: 2, action: "create_span", data: { traceId, spanId: "call", input: SECRET } },
    { seq: 3, action: "end_span", data: { traceId, spanId: "call", output: SECRET } },
  ],
});

/** As everybody who can: with a token that names a user, with one that names none, by key, as a server. */
async function writers(sid: string): Promise<Record<string, string>[]> {
  const page = async (sub: string | undefined) => ({
    authorization: `Bearer ${await world.token({ sub, sid })}`,
    origin: PAGE,
  });
  return [
    await page("ada"),
    await page(undefined),
    { authorization: `Bearer ${KEYS.publicKey}`, origin: PAGE },
    { authorization: basic() },
  ];
}

const pendingOf = async (sessionId: string, headers: Record<string, string>): Promise<unknown> =>
  (await post(world.edge.url, { action: "flush", sessionId }, headers)).body["pending"];

it("forgets what everybody wrote into it, and Langfuse never gets it", async () => {
  const by = await writers("chat/1");
  for (const headers of by) {
    const turn = openTurn("chat/1", "ui2-forgotten");
    expect((await post(world.edge.url, turn, headers)).status).toBe(200);
  }
  const { status, body } = await remove("chat%2F1?userId=ada");
  expect([status, body]).toEqual([
    200,
    {
      success: true,
      sessionId: "chat/1",
      userId: "ada",
      forgotten: { actions: 12, open: 8, pending: 0, dead: 0 },
      inFlight: 0,
      refusedUntil: expect.any(String),
    },
  ]);
  const days = (Date.parse(String(body["refusedUntil"])) - Date.now()) / 86_400_000;
  expect(days).toBeCloseTo(1, 2);

  for (const headers of by) {
    expect(await pendingOf("chat/1", headers)).toBe(0);
    const retry = await post(world.edge.url, openTurn("chat/1", "ui2-forgotten"), headers);
    const error = expect.objectContaining({ code: "session_deleted", retryable: false });
    expect([retry.status, retry.body]).toEqual([
      410,
      expect.objectContaining({
        error: expect.objectContaining({ code: "session_deleted" }),
        results: [0, 1, 2].map((index) => ({ index, success: false, error })),
      }),
    ]);
  }
  // Turns that are sent after it go out.
  const [, , , server] = by;
  await post(world.edge.url, openTurn("chat-kept", "ui2-kept"), server);
  await until(() => world.langfuse.spans().length > 0);
  const sessions = JSON.stringify(world.langfuse.requests.map((request) => request.body));
  expect(sessions).toContain("chat-kept");
  expect(sessions).not.toContain("chat/1");
  expect(world.langfuse.spans()).toHaveLength(1);
  expect((await remove("chat%2F1?userId=ada")).body["forgotten"]).toEqual(NOTHING);
  expect(world.edge.log()).not.toContain(SECRET);
  expect(world.edge.log()).not.toContain("chat/1");
});

it("leaves a user's part where the user is not named, and other sessions alone", async () => {
  const by = await writers("chat-2");
  const [user] = by;
  for (const headers of by) await post(world.edge.url, openTurn("chat-2", "ui2-two"), headers);
  await post(world.edge.url, openTurn("chat-3", "ui2-three"));
  expect((await remove("chat-2")).body).toMatchObject({ forgotten: { open: 6 } });
  expect(await pendingOf("chat-2", user ?? {})).toBe(2);
  expect(await pendingOf("chat-3", { authorization: basic() })).toBe(2);
});

it("tells another project nothing, and takes nothing from this one", async () => {
  await post(world.edge.url, openTurn("chat-4", "ui2-four"));
  const other = { authorization: basic(OTHER_PROJECT, "sk-lf-other-b") };
  const [known, unknown] = [await remove("chat-4", other), await remove("chat-never", other)];
  expect(known.status).toBe(200);
  expect(known.body).toMatchObject({ forgotten: NOTHING, inFlight: 0 });
  const said = ({ body }: typeof known) => ({ ...body, sessionId: "", refusedUntil: "" });
  expect(said(known)).toEqual(said(unknown));
  expect(await pendingOf("chat-4", { authorization: basic() })).toBe(2);
});

it("is for servers only", async () => {
  await post(world.edge.url, openTurn("chat-5", "ui2-five"));
  const page = { authorization: `Bearer ${await world.token({ sid: "chat-5" })}`, origin: PAGE };
  const user = { authorization: `Bearer ${await world.jwt()}`, origin: PAGE };
  const key = { authorization: `Bearer ${KEYS.publicKey}`, origin: PAGE };
  const inPage = { authorization: basic(), origin: PAGE };
  for (const headers of [page, user, key, inPage]) {
    const { status, body } = await remove("chat-5", headers);
    expect([status, body["error"]]).toEqual([403, expect.objectContaining({ code: "forbidden" })]);
  }
  expect((await remove("chat-5", {})).status).toBe(401);
  const wrong = await remove("chat-5", { authorization: basic(KEYS.publicKey, "sk-wrong") });
  expect(wrong.status).toBe(401);
  expect(wrong.text).not.toContain("sk-");
  expect(await pendingOf("chat-5", { authorization: basic() })).toBe(2);
});

it("forgets a server's legacy events too, and refuses what comes later", async () => {
  const send = async (...batch: unknown[]) => {
    const response = await fetch(`${world.edge.url}/api/public/ingestion`, {
      method: "POST",
      headers: { authorization: basic(), "content-type": "application/json" },
      body: JSON.stringify({ batch }),
    });
    const { successes, errors } = (await response.json()) as Record<string, { id: string }[]>;
    return { successes: successes?.map(({ id }) => id), errors };
  };
  const timestamp = new Date().toISOString();
  const event = (id: string, type: string, body: object) => ({ id, type, timestamp, body });
  const traceOf = (id: string, sessionId: string) =>
    event(`of-${id}`, "trace-create", { id, name: id, input: SECRET, sessionId });
  const spanOf = (traceId: string, id: string) =>
    event(`event-${id}`, "span-create", { traceId, id, name: id, startTime: timestamp });
  const first = [traceOf("old-1", "old/1"), spanOf("old-1", "a"), traceOf("old-2", "old/2")];
  expect(await send(...first)).toMatchObject({ errors: [] });
  const { status, body } = await remove("old%2F1");
  expect([status, body["forgotten"]]).toEqual([200, { ...NOTHING, actions: 2, open: 2 }]);
  expect(body).not.toHaveProperty("note");
  expect(await send(spanOf("old-1", "b"), traceOf("old-3", "old/1"), spanOf("old-2", "c"))).toEqual(
    {
      successes: ["event-c"],
      errors: [
        expect.objectContaining({ id: "event-b", status: 400 }),
        expect.objectContaining({ id: "of-old-3", status: 400 }),
      ],
    },
  );
  const again = await remove("old%2F1");
  expect(again.body["forgotten"]).toEqual(NOTHING);
});

it("forgets the spans of its traces, also those that name no session, and refuses what comes later", async () => {
  const { langfuse, edge } = world;
  const hex = (digit: string, length: number): string => digit.repeat(length);
  const spanOf = (trace: string, id: string, sessionId?: string) => ({
    traceId: hex(trace, 32),
    spanId: hex(id, 16),
    name: `${SECRET} ${trace}${id}`,
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now()}000000`,
    attributes: sessionId ? [{ key: "session.id", value: { stringValue: sessionId } }] : [],
  });
  const exportOf = async (...spans: object[]) => {
    const response = await fetch(`${edge.url}/v1/traces`, {
      method: "POST",
      headers: { authorization: basic(), "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    });
    return { status: response.status, body: await response.json() };
  };
  langfuse.behave(() => ({ status: 503, body: "{}" }));
  // A root that names the session, as Langfuse's Python SDK of version 3 has it, and its children that do not.
  const sent = await exportOf(
    spanOf("1", "a", "spans/1"),
    spanOf("1", "b"),
    spanOf("2", "c"),
    spanOf("3", "d"),
  );
  expect(sent).toEqual({ status: 200, body: {} });
  const { body } = await remove(`spans%2F1?traceId=${hex("2", 32)}`);
  const { pending, actions } = body["forgotten"] as typeof NOTHING;
  expect(pending + Number(body["inFlight"])).toBe(3);
  expect(actions).toBe(pending);
  const late = await exportOf(spanOf("1", "e"), spanOf("2", "e"), spanOf("3", "e"));
  expect(late).toMatchObject({ status: 200, body: { partialSuccess: { rejectedSpans: "2" } } });
  langfuse.behave(() => "ok");
  const named = (): string[] =>
    langfuse
      .spans()
      .map(({ name }) => name)
      .filter((name) => name.startsWith(SECRET));
  await until(() => named().includes(`${SECRET} 3d`) && named().includes(`${SECRET} 3e`));
  expect(named().filter((name) => !name.startsWith(`${SECRET} 3`))).toEqual([]);
  expect((await remove("spans%2F1?traceId=")).status).toBe(400);
});
