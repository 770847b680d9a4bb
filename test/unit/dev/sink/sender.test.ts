import { describe, expect, it } from "vitest";
import { good, TRACE } from "./exports.ts";
import { requestOf, sinkUnderTest } from "./sink-under-test.ts";

describe("sinkSender", () => {
  it("takes what is meant for the sink's base URL", async () => {
    const { sink, sender } = sinkUnderTest();
    const url = "http://127.0.0.1:8787/sink/api/public/otel/v1/traces";
    expect((await sender(requestOf(url, { body: good }))).status).toBe(200);
    expect(await sink.trace(TRACE)).toMatchObject({ id: TRACE });
  });

  it("takes scores", async () => {
    const { sender } = sinkUnderTest();
    const answer = await sender(
      requestOf("https://x.test/sink/api/public/ingestion", { body: { batch: [] } }),
    );
    expect(answer.status).toBe(207);
  });

  it("tells whose the keys are, as a doctor asks", async () => {
    const { sender } = sinkUnderTest();
    const ask = (headers = {}) =>
      sender(requestOf("https://x.test/sink/api/public/projects", { method: "GET", headers }));
    const known = await ask();
    expect([known.status, await known.json()]).toMatchObject([200, { data: [{ id: "sink" }] }]);
    expect((await ask({ authorization: `Basic ${btoa("pk-lf-sink:other")}` })).status).toBe(401);
    expect((await ask({ authorization: "Bearer pk-lf-sink" })).status).toBe(401);
  });

  it.each([
    "https://x.test/sink/api/public/traces",
    "https://x.test/api/public/otel/v1/traces",
    "https://x.test/behind/sink/api/public/otel/v1/traces",
    "https://x.test/sink/sink/api/public/otel/v1/traces",
  ])("knows no other path, %s", async (url) => {
    const { sender } = sinkUnderTest();
    const answer = await sender(requestOf(url, { body: good }));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ message: expect.stringContaining("no such path") });
  });

  it("rejects what was given up before it began", async () => {
    const { sender } = sinkUnderTest();
    const signal = AbortSignal.abort(new Error("too late"));
    const request = requestOf("https://x.test/sink/api/public/ingestion", { body: {}, signal });
    await expect(sender(request)).rejects.toThrow("too late");
  });
});
