// Who may export: servers with keys, pages with a token or the public key.
import { describe, expect, it } from "vitest";
import { exportOf } from "../../../support/arbitrary-spans.ts";
import { claims, ENV, signed } from "../access/tokens.ts";
import { PATH, TRACE, SPAN, named, exporter, sent } from "./exporter.ts";

describe("a caller", () => {
  const PAGE = { origin: "http://localhost" };

  it("without keys, with wrong ones, or with a secret in a page, gets nowhere", async () => {
    const edge = exporter();
    const body = JSON.stringify(exportOf([SPAN]));
    const wrong = `Basic ${btoa("pk-secret-1:sk-wrong")}`;
    expect(await edge.send(body, { authorization: wrong })).toMatchObject({
      status: 401,
      body: { code: 16, details: [{ reason: "unauthorized" }] },
    });
    const secret = await edge.send(body, PAGE);
    expect(secret).toMatchObject({ status: 403, body: { code: 7 } });
    const guarded = exporter({ open: false, env: ENV });
    expect((await guarded.send(body, { authorization: "" })).status).toBe(401);
    expect(edge.appends).toEqual([]);
  });

  it("with a token writes in its owner's namespace, within its bounds", async () => {
    const edge = exporter({ open: false, env: ENV });
    const token = { authorization: `Bearer ${await signed(claims({ sub: "ada", sid: "chat" }))}` };
    const spans = [
      named("01", { "langfuse.trace.public": "true" }),
      named("02", { "session.id": "other" }),
      named("03", { "user.id": "bob" }),
      named("04", { "user.id": "ada", "langfuse.session.id": "chat" }),
    ];
    const answer = await edge.post(spans, { ...PAGE, ...token });
    expect(answer.body).toMatchObject({
      partialSuccess: {
        rejectedSpans: "2",
        errorMessage: expect.stringMatching(/session_mismatch: .*user_mismatch: /) as string,
      },
    });
    const [first, second] = sent(edge);
    expect(first?.["traceId"]).not.toBe(TRACE);
    expect(second?.["traceId"]).toBe(first?.["traceId"]);
    const told = Object.fromEntries(
      ((first?.["attributes"] ?? []) as { key: string; value: { stringValue: string } }[]).map(
        ({ key, value }) => [key, value.stringValue],
      ),
    );
    expect(told).toMatchObject({
      "session.id": "chat",
      "user.id": "ada",
      "langfuse.observation.metadata.langfuse_edge_trace_id": TRACE,
    });
    expect(told).not.toHaveProperty("langfuse.trace.public");
    expect(edge.appends[0]?.request.writer).toBe("browser");
  });

  it("whose token names its actions needs those that a span stands for", async () => {
    const edge = exporter({ open: false, env: ENV });
    const send = async (actions: string[]) => {
      const authorization = `Bearer ${await signed(claims({ actions }))}`;
      return edge.post([SPAN], { ...PAGE, authorization });
    };
    expect(await send(["create_trace", "flush"])).toMatchObject({
      status: 403,
      body: { code: 7, details: [{ reason: "forbidden" }] },
    });
    expect(await send(["create_trace", "create_span"])).toMatchObject({ status: 200 });
  });

  it("of a page may ask before with an exporter's headers", async () => {
    const edge = exporter({ open: false, env: ENV });
    for (const path of [PATH, "/v1/traces"]) {
      const answer = await edge.app.request(path, { method: "OPTIONS", headers: PAGE });
      expect(answer.status).toBe(204);
      const allowed = answer.headers.get("access-control-allow-headers") ?? "";
      for (const name of ["content-type", "authorization", "x-langfuse-sdk-name"]) {
        expect(allowed.split(", ")).toContain(name);
      }
    }
  });
});
