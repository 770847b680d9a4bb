import { describe, expect, it } from "vitest";
import { countryOf } from "../../../../src/edge/interpret/country.ts";
import { edgeUnderTest, KEYS } from "../edge-under-test.ts";

/** What a session is given of a trace that a page begins. */
async function metadataOf(
  country: unknown,
  options: { env?: Record<string, unknown>; metadata?: object; basic?: string } = {},
) {
  const { env = {}, metadata, basic } = options;
  const edge = edgeUnderTest({ env: { ...KEYS, ...env } });
  const request = new Request("http://edge.test/api/langfuse/trace", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(basic !== undefined && { authorization: basic }),
    },
    body: JSON.stringify({
      action: "create_trace",
      data: { traceId: "t", sessionId: "s", ...(metadata && { metadata }) },
    }),
  });
  Object.defineProperty(request, "cf", { value: { country } });
  await edge.app.fetch(request);
  const change = edge.appends[0]?.request.actions[0]?.change;
  return change?.kind === "change" ? change.metadata : "nothing was kept";
}

describe("a page's country", () => {
  it("is in its trace's metadata, beside the page's own", async () => {
    expect(await metadataOf("DE")).toEqual([["langfuse_edge_country", "DE"]]);
    expect(await metadataOf("DE", { metadata: { plan: "pro" } })).toEqual([
      ["plan", "pro"],
      ["langfuse_edge_country", "DE"],
    ]);
    const own = { langfuse_edge_country: "FR" };
    expect(await metadataOf("DE", { metadata: own })).toEqual([["langfuse_edge_country", "FR"]]);
  });

  it("is left out where DROP_FIELDS says so, and where nobody knows it", async () => {
    for (const drop of ["metadata.langfuse_edge_country", "metadata", "metadata.*"]) {
      expect(await metadataOf("DE", { env: { DROP_FIELDS: drop } })).toBeUndefined();
    }
    for (const unknown of ["XX", "T1", "Germany", 7, undefined]) {
      expect(await metadataOf(unknown)).toBeUndefined();
    }
    expect(countryOf({})).toBeUndefined();
  });

  it("is none of a server's request: that one is where the server is", async () => {
    const basic = `Basic ${Buffer.from("pk-secret-1:sk-secret-1").toString("base64")}`;
    expect(await metadataOf("DE", { basic })).toBeUndefined();
  });
});
