// LEGACY: Langfuse's own paths as they are, with who posts there counted, or not at all.
import { describe, expect, it, vi } from "vitest";
import { BASIC, edgeUnderTest, KEYS } from "../../edge-under-test.ts";
import { ok, relayUnderTest } from "./relaying.ts";

describe("LEGACY", () => {
  const batch = { method: "POST", body: '{"batch":[]}', headers: { "x-langfuse-sdk-name": "js" } };
  it("report: events go to Langfuse as they are, and who posts is counted", async () => {
    const count = vi.fn();
    const { app } = edgeUnderTest({
      open: false,
      env: { ...KEYS, LEGACY: "report" },
      deps: { relay: async () => Response.json({ passed: true }), census: { count } },
    });
    const headers = { ...batch.headers, authorization: BASIC };
    const answer = await app.request("/api/public/ingestion", { ...batch, headers });
    expect(await answer.json()).toEqual({ passed: true });
    expect(count.mock.calls).toEqual([["pk-secret-1", { sdk: "js", version: "unknown" }, 0]]);
    await app.request("/api/public/ingestion", batch);
    expect(count).toHaveBeenCalledTimes(1);
  });

  it.each(["off", "nonsense"])("%s: there are no such paths", async (LEGACY) => {
    const { seen, ask } = relayUnderTest(ok, { LEGACY });
    for (const path of ["ingestion", "projects", "traces"]) {
      expect((await ask(`/api/public/${path}`, batch)).status).toBe(404);
    }
    expect(seen).toEqual([]);
  });
});
