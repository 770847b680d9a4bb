import { describe, expect, it } from "vitest";
import { good, TRACE } from "./exports.ts";
import { requestOf, sinkUnderTest } from "./sink-under-test.ts";

describe("sinkSender", () => {
  it.each([
    "https://cloud.langfuse.com/api/public/otel/v1/traces",
    "http://127.0.0.1:8787/sink/api/public/otel/v1/traces",
    "https://example.com/behind/a/path/api/public/otel/v1/traces",
  ])("takes what is meant for %s", async (url) => {
    const { sink, sender } = sinkUnderTest();
    expect((await sender(requestOf(url, { body: good }))).status).toBe(200);
    expect(await sink.trace(TRACE)).toMatchObject({ id: TRACE });
  });

  it("takes scores", async () => {
    const { sender } = sinkUnderTest();
    const answer = await sender(
      requestOf("https://x.test/api/public/ingestion", { body: { batch: [] } }),
    );
    expect(answer.status).toBe(207);
  });

  it("knows no other path", async () => {
    const { sender } = sinkUnderTest();
    expect(
      (await sender(requestOf("https://x.test/api/public/projects", { body: {} }))).status,
    ).toBe(404);
  });

  it("rejects what was given up before it began", async () => {
    const { sender } = sinkUnderTest();
    const signal = AbortSignal.abort(new Error("too late"));
    const request = requestOf("https://x.test/api/public/ingestion", { body: {}, signal });
    await expect(sender(request)).rejects.toThrow("too late");
  });
});
