import { beforeEach, describe, expect, test, vi } from "vitest";
import { SESSION_PATH } from "../../../../src/edge/app.ts";
import { logFrom } from "../../../../src/log.ts";
import { objectName } from "../../../../src/protocol/ids.ts";
import type { DeleteAnswer } from "../../../../src/protocol/session/erasure-calls.ts";
import type { HealthReport } from "../../../../src/protocol/health-calls.ts";
import { ENV } from "../access/tokens.ts";
import { BASIC, edgeUnderTest, readAnswer } from "../edge-under-test.ts";
import { NOW } from "../interpret/interpreting.ts";

const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  logFrom("debug");
  for (const level of ["debug", "info"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => logged.push(line));
  }
});

const nameOf = (owner: string, value = "chat-7"): string =>
  objectName({ project: "pk-secret-1", owner, kind: "session", value });
const ANSWER = { actions: 5, open: 1, pending: 2, dead: 1, inFlight: 1, until: NOW + 1 };

const NOTHING = { actions: 0, open: 0, pending: 0, dead: 0, inFlight: 0, until: 0, left: 0 };

function edge(
  forget: (name: string) => Promise<DeleteAnswer>,
  report?: () => never,
  lane: Partial<DeleteAnswer> = {},
) {
  const forgotten: string[] = [];
  const inLanes: [lane: string, sessionId: string][] = [];
  const reports: HealthReport[] = [];
  const { app } = edgeUnderTest({
    env: ENV,
    open: false,
    deps: {
      sessionFor: (name) => ({
        append: () => Promise.reject(new Error("not asked")),
        pending: () => Promise.reject(new Error("not asked")),
        deleteSession: async () => {
          forgotten.push(name);
          return forget(name);
        },
      }),
      forgetIn: async (object, sessionId) => {
        inLanes.push([object, sessionId]);
        return { object, ...NOTHING, ...lane };
      },
      health: () => ({
        read: () => Promise.reject(new Error("not asked")),
        report: async (told) => {
          report?.();
          reports.push(told);
          return { pending: 0, delivered: 0, dead: 0, failures: 0 };
        },
      }),
    },
  });
  const remove = async (path: string, headers: Record<string, string> = { authorization: BASIC }) =>
    readAnswer(await app.request(`${SESSION_PATH}/${path}`, { method: "DELETE", headers }));
  return { remove, forgotten, inLanes, reports, app };
}
const always = (more: Partial<DeleteAnswer> = {}) =>
  edge(async (name) => ({ object: `object of ${name}`, ...ANSWER, ...more }));

describe("a deletion", () => {
  test("asks the objects of everybody, and tells the sum", async () => {
    const { remove, forgotten } = always();
    const { status, body, headers } = await remove("chat-7");
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        sessionId: "chat-7",
        forgotten: { actions: 15, open: 3, pending: 6, dead: 3 },
        inFlight: 3,
        refusedUntil: new Date(NOW + 1).toISOString(),
      },
    ]);
    expect(forgotten).toEqual(["anonymous", "server", "session:chat-7"].map((one) => nameOf(one)));
    expect([headers.get("cache-control"), headers.get("vary")]).toEqual(["no-store", "Origin"]);
  });

  test("asks the project's lanes of it, and adds what they held", async () => {
    const lane = { actions: 2, open: 1, pending: 1 };
    const asked = edge(async (name) => ({ object: name, ...NOTHING }), undefined, lane);
    const { status, body } = await asked.remove("chat%2F7");
    expect(status).toBe(200);
    expect(body).toMatchObject({ forgotten: { actions: 16, open: 8, pending: 8, dead: 0 } });
    expect(body).not.toHaveProperty("note");
    const lanes = Array.from({ length: 8 }, (_, n) =>
      objectName({ project: "pk-secret-1", owner: "server", kind: "lane", value: `${n}` }),
    );
    expect(asked.inLanes).toEqual(lanes.map((name) => [name, "chat/7"]));
    // One that holds others tells of them with its next delivery.
    expect(asked.reports[0]?.pending).toEqual(lanes.map((name) => [name, 0]));
    const busy = edge(async (name) => ({ object: name, ...NOTHING }), undefined, {
      ...lane,
      left: 1,
    });
    await busy.remove("chat-7");
    expect(busy.reports).toEqual([]);
  });

  test("reaches a user's objects where the user is named", async () => {
    const { remove, forgotten } = always();
    const { body } = await remove("chat%207%2Fa?userId=a%40b");
    expect(body).toMatchObject({ sessionId: "chat 7/a", userId: "a@b", inFlight: 4 });
    expect(forgotten.at(-1)).toBe(nameOf("user:a@b", "chat 7/a"));
  });

  test("that found nothing says so, and what may be missing", async () => {
    const none = { actions: 0, open: 0, pending: 0, dead: 0, inFlight: 0 };
    const { body } = await always(none).remove("chat-7");
    expect(body).toMatchObject({
      success: true,
      note: expect.stringContaining("nothing was found") as string,
    });
    expect(body["note"]).toContain("userId");
    expect((await always(none).remove("chat-7?userId=ada")).body).not.toHaveProperty("note");
    expect((await always({ ...none, dead: 1 }).remove("chat-7")).body).not.toHaveProperty("note");
  });

  test("is told to health where something was pending, and is done also where it can't be", async () => {
    const { remove, reports } = always();
    await remove("chat-7");
    const pending = ["anonymous", "server", "session:chat-7"].map((one) => [
      `object of ${nameOf(one)}`,
      0,
    ]);
    expect(reports).toEqual([{ at: NOW, delivered: 0, dead: 0, pending }]);
    const nothing = always({ pending: 0, inFlight: 0 });
    await nothing.remove("chat-7");
    expect(nothing.reports).toEqual([]);
    const silent = edge(
      async () => ({ object: "o", ...ANSWER }),
      () => {
        throw new Error("no health");
      },
    );
    expect((await silent.remove("chat-7")).status).toBe(200);
  });

  test("tries a call once more, and then says that something is left", async () => {
    const failed = new Set<string>();
    const once = edge(async (name) => {
      if (failed.has(name)) return { object: name, ...ANSWER };
      failed.add(name);
      throw new Error("broken stub");
    });
    expect((await once.remove("chat-7")).status).toBe(200);
    const never = edge(() => Promise.reject(new Error("sk-secret-1")));
    const { status, body, headers } = await never.remove("chat-7");
    expect([status, body, headers.get("retry-after")]).toEqual([
      503,
      expect.objectContaining({ error: expect.objectContaining({ code: "unavailable" }) }),
      "1",
    ]);
    expect(JSON.stringify(body)).not.toContain("sk-secret");
  });

  test("names nobody in the log", async () => {
    await always().remove("chat-7?userId=ada");
    expect(logged).toHaveLength(1);
    expect(logged[0]).not.toMatch(/chat-7|ada|pk-secret/);
  });
});

test.each(["%ff", "%", "%00", "a?userid=x", "a?userId=", "a?userId=b&userId=c"])(
  "an address that can't be meant (%s) reaches nothing",
  async (path) => {
    const { remove, forgotten } = always();
    expect(await remove(path)).toMatchObject({
      status: 400,
      body: { success: false, error: { code: "invalid_request" } },
    });
    expect(forgotten).toEqual([]);
  },
);

test.each(["", "a/b", "/"])("there is no path session/%s", async (path) => {
  const { remove, forgotten } = always();
  const { status, body } = await remove(path);
  expect([status, body["error"]]).toEqual([404, expect.objectContaining({ code: "not_found" })]);
  expect(forgotten).toEqual([]);
});

test.each(["GET", "HEAD", "POST", "PUT", "OPTIONS"])("%s is not allowed", async (method) => {
  const { app, forgotten } = always();
  const headers = { authorization: BASIC };
  const response = await app.request(`${SESSION_PATH}/chat-7`, { method, headers });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "DELETE"]);
  expect(forgotten).toEqual([]);
});

test.each([
  ["nobody", {}, 401],
  ["a wrong key", { authorization: `Basic ${btoa("pk-secret-1:sk-wrong")}` }, 401],
  ["the public key", { authorization: "Bearer pk-secret-1" }, 401],
  ["a secret key in a page", { authorization: BASIC, origin: "https://evil.example" }, 403],
])("%s deletes nothing", async (_who, headers, status) => {
  const { remove, forgotten } = always();
  expect((await remove("chat-7", headers)).status).toBe(status);
  expect(forgotten).toEqual([]);
});

test("a page deletes nothing, also where every page is let in", async () => {
  const { app, asked } = edgeUnderTest();
  const response = await app.request(`${SESSION_PATH}/chat-7`, { method: "DELETE" });
  const { status, body } = await readAnswer(response);
  expect([status, body["error"]]).toEqual([403, expect.objectContaining({ code: "forbidden" })]);
  expect(asked).toEqual([]);
});
