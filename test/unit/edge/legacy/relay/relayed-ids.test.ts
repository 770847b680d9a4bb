// Ids in what is relayed: where clients name their own, Langfuse is asked for those it has.
import { describe, expect, it, test } from "vitest";
import { langfuseObservationId, langfuseTraceId } from "../../../../../src/protocol/ids.ts";
import { ok, relayUnderTest } from "./relaying.ts";

describe("ids", () => {
  const T = langfuseTraceId("t/1");
  const O = langfuseObservationId(T, "o");
  test.each([
    ["/api/public/v2/scores?traceId=t%2F1&limit=3", `/api/public/v2/scores?traceId=${T}&limit=3`],
    [
      "/api/public/v3/scores?observationId=o&traceId=t%2F1",
      `/api/public/v3/scores?observationId=${O}&traceId=${T}`,
    ],
    ["/api/public/scores?traceId=", "/api/public/scores?traceId="],
    [
      "/api/public/v2/observations?parentObservationId=o&traceId=t%2F1",
      `/api/public/v2/observations?parentObservationId=${O}&traceId=${T}`,
    ],
    [`/api/public/scores?traceId=${T}`, `/api/public/scores?traceId=${T}`],
    ["/api/public/traces/t%2F1", `/api/public/traces/${T}`],
    ["/api/public/sessions/t%2F1", "/api/public/sessions/t%2F1"],
    ["/api/public/scores?name=a+b%20c", "/api/public/scores?name=a+b%20c"],
  ])("of %s", async (path, expected) => {
    const { seen, ask } = relayUnderTest(ok);
    await ask(path);
    expect(seen[0]?.url).toBe(`https://langfuse.test/base${expected}`);
  });

  test.each(["media", "dataset-run-items"])("in a body for %s", async (path) => {
    const { seen, ask } = relayUnderTest(ok);
    const send = (body: string) =>
      ask(`/api/public/${path}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
    await send(JSON.stringify({ traceId: "t/1", observationId: "o", field: "input" }));
    await send(JSON.stringify({ traceId: "t/1", observationId: null }));
    await send("no JSON");
    expect(seen.map(({ body }) => body)).toEqual([
      JSON.stringify({ traceId: T, observationId: O, field: "input" }),
      JSON.stringify({ traceId: T, observationId: null }),
      "no JSON",
    ]);
    expect((await send("x".repeat(1024 * 1024 + 1))).status).toBe(413);
  });

  it("leave every byte beside them: numbers that JavaScript would round, spaces, escapes", async () => {
    const { seen, ask } = relayUnderTest(ok);
    const [before, between, after] = [
      '{ "size": 12345678901234567890, "rate":1e400,\n"traceId" : ',
      ', "in": {"traceId": "t/1"}, "observationId":',
      ', "x": "\\u00e9\\/", "n": 1.10 }',
    ];
    const body = `${before}"t\\/1"${between}"o"${after}`;
    await ask("/api/public/media", { method: "POST", body });
    expect(seen[0]?.body).toBe(`${before}"${T}"${between}"${O}"${after}`);
  });

  it("that are no JSON go on byte by byte", async () => {
    const bytes = Uint8Array.of(0xff, 0xfe, 0x7b, 0x00);
    let sent: Uint8Array | undefined;
    const { ask } = relayUnderTest(async (request) => {
      sent = new Uint8Array(await request.arrayBuffer());
      return ok();
    });
    await ask("/api/public/media", { method: "POST", body: bytes });
    expect(sent).toEqual(bytes);
  });

  it("in the body of a deletion", async () => {
    const { seen, ask } = relayUnderTest(ok);
    const body = JSON.stringify({ traceIds: ["t/1", T, 7] });
    await ask("/api/public/traces", { method: "DELETE", body });
    expect(seen[0]?.body).toBe(JSON.stringify({ traceIds: [T, T, 7] }));
  });

  it("stay where the edge sends them as they are", async () => {
    const { seen, ask } = relayUnderTest(ok, { TRACE_ID_FORMAT: "verbatim" });
    await ask("/api/public/traces/t%2F1");
    expect(seen[0]?.url).toBe("https://langfuse.test/base/api/public/traces/t%2F1");
  });
});
