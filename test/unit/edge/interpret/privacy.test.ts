// Masking at the door: what an object is asked to keep has nothing in it that is to be masked, in
// whatever field a client says it.
import { describe, expect, test } from "vitest";
import { TRACE_PATH } from "../../../../src/edge/app.ts";
import { BASIC, edgeUnderTest, KEYS, told } from "../edge-under-test.ts";
import { ADA, MASKING } from "./masking.ts";

describe("what is masked", () => {
  test("an observation, field by field", async () => {
    const { post, appends } = edgeUnderTest({ env: MASKING });
    const data = {
      traceId: "t",
      generationId: "g",
      name: `for ${ADA}`,
      input: { messages: [{ role: "user", content: `I'm ${ADA}, EMP-77` }], password: "x" },
      output: "card 4111 1111 1111 1111",
      statusMessage: `failed for ${ADA}`,
      metadata: { [ADA]: { ip: "203.0.113.7" }, ssn: "078-05-1120", authorization: "x" },
      modelParameters: { user: ADA, temperature: 0.2 },
      model: "claude-sonnet",
      usage: { input: 3 },
      startTime: "2026-11-22T11:00:00Z",
    };
    expect((await post({ action: "create_generation", data })).status).toBe(200);
    expect(appends[0]?.request.actions[0]?.change).toMatchObject({
      fields: {
        name: "for [email]",
        input:
          '{"messages":[{"role":"user","content":"I\'m [email], [masked:employee]"}],"password":"[dropped]"}',
        output: "card [card]",
        statusMessage: "failed for [email]",
        modelParameters: '{"user":"[email]","temperature":0.2}',
        model: "claude-sonnet",
        usageDetails: '{"input":3}',
        startTime: Date.parse("2026-11-22T11:00:00Z"),
      },
      metadata: [
        ["[email]", '{"ip":"[ip]"}'],
        ["ssn", "[dropped]"],
        ["authorization", "[bearer]"],
      ],
      notes: [
        "name: masked 1 email",
        "input: dropped 1",
        "input: masked 1 employee, 1 email",
        "output: masked 1 card",
        "metadata: dropped 1",
        "metadata: masked 1 email, 1 ip, 1 bearer",
        "statusMessage: masked 1 email",
        "modelParameters: masked 1 email",
      ],
    });
  });

  test("a trace: its tags too; its user only where that is dropped", async () => {
    const { post, appends } = edgeUnderTest({ env: MASKING });
    const data = { traceId: "t", sessionId: ADA, userId: ADA, tags: ["web", ADA], input: ADA };
    await post({ action: "create_trace", data });
    expect(appends[0]?.request.actions[0]?.change).toMatchObject({
      fields: { input: "[email]" },
      traceFields: { sessionId: ADA },
      tags: ["web", "[email]"],
    });
    expect(JSON.stringify(appends)).not.toContain('"userId":');
  });

  test("a token's user, where users are dropped", async () => {
    const project = { publicKey: "pk", secretKey: "sk", baseUrl: "http://127.0.0.1" };
    const caller = { project, writer: "browser", owner: "user", userId: ADA } as const;
    for (const [env, kept] of [
      [MASKING, false],
      [KEYS, true],
    ] as const) {
      const { post, appends } = edgeUnderTest({ env, deps: { access: async () => caller } });
      const data = { traceId: "t", spanId: "s", userId: ADA };
      await post({ action: "create_trace", data });
      await post({ action: "create_span", data });
      expect(appends).toHaveLength(2);
      for (const { request } of appends) {
        expect(JSON.stringify(request.actions).includes(ADA)).toBe(kept);
      }
    }
  });

  test("a score: its texts, not its number", async () => {
    const { post, appends } = edgeUnderTest({ env: MASKING });
    const scores = [
      { traceId: "t", id: "1", name: "n", value: 4111111111111111, comment: `says ${ADA}` },
      {
        traceId: "t",
        id: "2",
        name: "n",
        value: ADA,
        dataType: "CATEGORICAL",
        metadata: { a: ADA },
      },
    ];
    await post({ actions: scores.map((data) => ({ action: "create_score", data })) });
    const bodies = appends[0]?.request.actions.map(({ change }) =>
      change.kind === "score" ? (JSON.parse(change.body) as unknown) : undefined,
    );
    expect(bodies).toMatchObject([
      {
        value: 4111111111111111,
        comment: "says [email]",
        metadata: { langfuse_edge_notes: ["comment: masked 1 email"] },
      },
      { value: "[email]", metadata: { a: "[email]" } },
    ]);
  });

  test("a note that quotes a client's key", async () => {
    const { post, appends } = edgeUnderTest({ env: MASKING });
    const usage = { [ADA]: "many" };
    await post({ action: "create_generation", data: { traceId: "t", usage } });
    expect(appends[0]?.request.actions[0]?.change.notes).toEqual([
      "[email]: not a number from 0 to 1000000000000, left out",
    ]);
  });

  test("what is only inherited is no field", async () => {
    const { post, appends } = edgeUnderTest({ env: MASKING });
    const inherited = `{"input":"${ADA}","metadata":{"ssn":"${ADA}"}}`;
    await post(`{"action":"create_event","data":{"traceId":"t","__proto__":${inherited}}}`);
    expect(appends).toHaveLength(1);
    expect(JSON.stringify(appends)).not.toContain(ADA);
  });

  test("two events are told apart by what is left of them", async () => {
    const { post, appends } = edgeUnderTest({ env: MASKING });
    for (const input of [ADA, "grace@example.com", "other"]) {
      await post({ action: "create_event", data: { traceId: "t", name: "e", input } });
    }
    const ids = appends.map(({ request }) => request.actions[0]?.id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test("nothing without the settings", async () => {
    const { post, appends } = edgeUnderTest();
    await post({ action: "create_event", data: { traceId: "t", input: ADA } });
    expect(appends[0]?.request.actions[0]?.change).toMatchObject({ fields: { input: ADA } });
  });
});

describe("settings that can't be used", () => {
  const BROKEN = { ...KEYS, MASK: "emial" };

  test("nothing is taken, before the body is read", async () => {
    const { app, post, appends } = edgeUnderTest({ env: BROKEN });
    const { status, body, headers } = await post({
      action: "create_event",
      data: { traceId: "t" },
    });
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("60");
    expect(body).toMatchObject({ success: false, error: { code: "masking_not_configured" } });
    const broken = await app.request(TRACE_PATH, { method: "POST", body: "{" });
    expect(broken.status).toBe(503);
    expect(appends).toEqual([]);
  });

  test("health says so, and names the setting to servers", async () => {
    const { app } = edgeUnderTest({ env: BROKEN });
    const open = await told(await app.request(TRACE_PATH));
    expect(open.body["status"]).toBe("masking_not_configured");
    const headers = { authorization: BASIC };
    const server = await told(await app.request(TRACE_PATH, { headers }));
    expect(server.body["problems"]).toEqual([
      "MASK: entry 1 is none of all, bearer, key, jwt, email, iban, card, ip, phone; " +
        "no writes are taken until it is right",
    ]);
  });
});
