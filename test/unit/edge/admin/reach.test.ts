import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import type { Caller } from "../../../../src/edge/access/caller.ts";
import { langfuseTraceId, ownerOf, ownerTag } from "../../../../src/protocol/ids.ts";
import type { Change } from "../../../../src/protocol/change.ts";
import { edgeUnderTest } from "../edge-under-test.ts";

vi.spyOn(console, "info").mockImplementation(() => {});

const project = { publicKey: "pk", secretKey: "sk", baseUrl: "http://127.0.0.1" };
const user = (userId: string): Caller => ({
  project,
  writer: "browser",
  owner: ownerOf({ userId }),
  fromPage: true,
  tag: ownerTag(project.publicKey, ownerOf({ userId })),
  userId,
});
const anonymous: Caller = {
  project,
  writer: "browser",
  owner: "anonymous",
  fromPage: true,
  publicKeyOnly: true,
};

async function changeBy(caller: Caller, action: string, data: object): Promise<Change> {
  const { post, appends } = edgeUnderTest({ deps: { access: async () => caller } });
  await post({ action, data });
  const change = appends[0]?.request.actions[0]?.change;
  if (change?.kind !== "change") throw new Error("not kept");
  return change;
}

const RAW = "ui2-1671234567890-shared";
const ADA = langfuseTraceId(`${RAW}.${user("ada").tag}`);

test("a page's user does not make a trace, with a backend's half in it, readable for everybody", async () => {
  const change = await changeBy(user("eve"), "create_trace", { traceId: RAW, public: true });
  expect(change.traceFields?.public).not.toBe(true);
});

describe("where the public key alone is accepted beside tokens, it does not open an owner's traces", () => {
  test.each([`${RAW}.${user("ada").tag}`, ADA])("by %s", async (traceId) => {
    const { post, appends } = edgeUnderTest({ deps: { access: async () => anonymous } });
    const answer = await post({ action: "create_span", data: { traceId, spanId: "call" } });
    expect(answer.status).toBe(403);
    expect(appends).toEqual([]);
  });
});

test("the edge keeps nothing of a payload once it is answered", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const { post, appends } = edgeUnderTest();
  const send = async (): Promise<void> => {
    const input = randomBytes(500_000).toString("hex");
    await post({ action: "create_event", data: { traceId: "t", input } });
    appends.length = 0;
  };
  await send();
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 40; n += 1) await send();
  gc();
  const kept = (process.memoryUsage().heapUsed - before) / 1e6;
  // 40 MB were sent.
  expect(kept).toBeLessThan(10);
});
