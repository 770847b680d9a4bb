// Owners never meet: what one writes under another's ids ends up beside it, never in it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { langfuseTraceId, ownerOf, ownerTag } from "../../src/protocol/ids.ts";
import { basic, KEYS, post } from "../support/post.ts";
import { attributesOf } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";
import { buildWorld, type Claims, PAGE, type World } from "./attacks/world.ts";

let world: World;
beforeAll(async () => {
  world = await buildWorld();
});
afterAll(() => world.stop());

const TRACE = "ui2-1671234567890-shared";
const traceOf = (owner: string, raw = TRACE): string =>
  langfuseTraceId(`${raw}.${ownerTag(KEYS.publicKey, owner)}`);
const ADA = traceOf(ownerOf({ userId: "ada" }));
const EVE = traceOf(ownerOf({ userId: "eve" }));

async function send(claims: Claims, body: object) {
  const headers = { authorization: `Bearer ${await world.token(claims)}`, origin: PAGE };
  return post(world.edge.url, body, headers);
}
/** The same client id, numbers and ids for everybody. */
const turn = (said: string) => ({
  sessionId: "chat-7",
  clientId: "tab",
  actions: [
    { seq: 1, action: "create_trace", data: { traceId: TRACE, name: said, input: said } },
    { seq: 2, action: "create_span", data: { traceId: TRACE, spanId: "call", name: said } },
    {
      seq: 3,
      action: "create_score",
      data: { traceId: TRACE, id: "thumbs", name: said, value: 1 },
    },
    { seq: 4, action: "end_span", data: { traceId: TRACE, spanId: "call", output: said } },
    { seq: 5, action: "end_trace", data: { traceId: TRACE, output: said } },
  ],
});
const spansOf = (trace: string) =>
  world.langfuse.spans().filter(({ traceId }) => traceId === trace);

describe("two users with the same ids", () => {
  it("have a trace each, with all that is theirs and nothing else", async () => {
    const both = [await send({ sub: "ada" }, turn("ada")), await send({ sub: "eve" }, turn("eve"))];
    for (const { status, body } of both) {
      expect([status, body["accepted"]]).toEqual([200, 5]);
    }
    await until(() => world.langfuse.spans().length === 4 && world.langfuse.scores().length === 2);
    for (const [name, trace] of Object.entries({ ada: ADA, eve: EVE })) {
      expect(spansOf(trace).map((span) => span.name)).toEqual([name, name]);
      for (const span of spansOf(trace)) {
        expect(attributesOf(span)).toMatchObject({
          "session.id": "chat-7",
          "user.id": name,
          "langfuse.observation.output": name,
        });
      }
    }
    const ids = world.langfuse.scores().map(({ id, traceId, name }) => ({ id, traceId, name }));
    expect(ids).toEqual(
      expect.arrayContaining([
        { id: `thumbs.${ownerTag(KEYS.publicKey, "user:ada")}`, traceId: ADA, name: "ada" },
        { id: `thumbs.${ownerTag(KEYS.publicKey, "user:eve")}`, traceId: EVE, name: "eve" },
      ]),
    );
  });

  it("can't add to, end, score or look into the other's, by its full or its Langfuse id", async () => {
    const full = `${TRACE}.${ownerTag(KEYS.publicKey, ownerOf({ userId: "ada" }))}`;
    for (const traceId of [full, ADA, ADA.toUpperCase()]) {
      const { status, body } = await send(
        { sub: "eve" },
        {
          actions: [
            { action: "create_span", data: { traceId, spanId: "call", name: "evil" } },
            { action: "end_span", data: { traceId, spanId: "call" } },
            { action: "end_trace", data: { traceId, output: "evil" } },
            { action: "create_score", data: { traceId, id: "thumbs", name: "evil", value: 0 } },
            { action: "flush", data: { traceId, deliver: true } },
          ],
        },
      );
      expect(status).toBe(200);
      const results = body["results"] as { langfuseTraceId?: string; pending?: number }[];
      for (const { langfuseTraceId: id } of results.slice(0, 4)) expect(id).not.toBe(ADA);
    }
    await until(() => world.langfuse.scores().filter(({ name }) => name === "evil").length === 3);
    expect(spansOf(ADA).map(({ name }) => name)).toEqual(["ada", "ada"]);
    for (const score of world.langfuse.scores()) {
      if (score["name"] === "evil") expect(score["traceId"]).not.toBe(ADA);
    }
  });

  it("and a server joins either by the full id", async () => {
    const full = `${TRACE}.${ownerTag(KEYS.publicKey, ownerOf({ userId: "ada" }))}`;
    const answer = await post(
      world.edge.url,
      { action: "create_event", data: { traceId: full, name: "backend" } },
      { authorization: basic() },
    );
    expect(answer.body).toMatchObject({ traceId: full, langfuseTraceId: ADA });
  });
});

it("a session's name is nobody else's, whatever it is called", async () => {
  const names = ["ada", "server", "anonymous", "user:ada"];
  const tags = new Set<unknown>();
  for (const sid of names) {
    const { body } = await send(
      { sub: undefined, sid },
      { action: "create_event", data: { traceId: TRACE, name: "e" } },
    );
    tags.add(body["langfuseTraceId"]);
  }
  tags.add(ADA);
  expect(tags.size).toBe(names.length + 1);
});

it("what is pending of another's session is not told", async () => {
  await send({ sub: "ada", sid: "open" }, { action: "create_span", data: { traceId: "open" } });
  const pending = async (claims: Claims) =>
    (await send(claims, { action: "flush", sessionId: "open" })).body["pending"];
  expect(await pending({ sub: "ada", sid: "open" })).toBe(1);
  expect(await pending({ sub: "eve", sid: undefined })).toBe(0);
});

const show = async ({ edge }: World, token: string) =>
  post(
    edge.url,
    { action: "create_event", data: { traceId: TRACE, name: "e" } },
    { authorization: `Bearer ${token}`, origin: PAGE },
  );

it("the identity provider's users come in, each as themselves", async () => {
  for (const sub of ["user-1", "user-2"]) {
    const { status, body } = await show(world, await world.jwt({ sub }));
    expect([status, body["langfuseTraceId"]]).toEqual([200, traceOf(ownerOf({ userId: sub }))]);
  }
});

it("while the provider's keys can't be had, they may come again", async () => {
  const away = await buildWorld({ AUTH_JWKS_URL: "http://127.0.0.1:9/keys" });
  const { status, body, headers } = await show(away, await away.jwt());
  expect([status, body["error"], headers.get("retry-after")]).toEqual([
    503,
    expect.objectContaining({ code: "auth_unavailable" }),
    "10",
  ]);
  // Who does not need them is not kept waiting.
  expect((await show(away, await away.token())).status).toBe(200);
  await away.stop();
});

it("asks for a token as a server and uses it as a page", async () => {
  const asked = await fetch(`${world.edge.url}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: JSON.stringify({ sessionId: "chat-9", userId: "ada", ttlSeconds: 60 }),
  });
  const told = await asked.json<Record<string, string>>();
  expect([asked.status, asked.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const beacon = await fetch(`${world.edge.url}/api/langfuse/trace`, {
    method: "POST",
    headers: { origin: PAGE, "content-type": "text/plain;charset=UTF-8" },
    body: `Bearer ${told["token"]}\n${JSON.stringify({ action: "create_event", data: { traceId: TRACE } })}`,
  });
  expect([beacon.status, await beacon.json()]).toEqual([
    200,
    expect.objectContaining({ traceId: `${TRACE}.${told["ownerTag"]}`, langfuseTraceId: ADA }),
  ]);
});
