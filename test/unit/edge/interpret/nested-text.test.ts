// A text may be JSON itself, which no bound on the body's own nesting sees.
import { beforeEach, describe, expect, test, vi } from "vitest";
import { edgeUnderTest, KEYS } from "../edge-under-test.ts";

beforeEach(() => {
  for (const level of ["info", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

const nested = (depth: number, inside = ""): string =>
  `{"a":${"[".repeat(depth)}${inside}${"]".repeat(depth)}}`;
const EMAIL = String.raw`"ada\u0040example.com"`;
const FIELDS = ["input", "metadata", "tags", "statusMessage", "modelParameters"];

describe.each<[string, Record<string, string>]>([
  ["nothing masked", {}],
  ["masked", { MASK: "all" }],
  ["dropped", { DROP_FIELDS: "**.b" }],
  ["both", { MASK: "all", DROP_FIELDS: "*.a.*, **.b" }],
])("%s", (_, env) => {
  test.each(FIELDS)("%s: whatever its depth, what stands beside it is kept", async (field) => {
    const { post } = edgeUnderTest({ env: { ...KEYS, ...env } });
    for (const depth of [3, 60, 600, 3000, 100_000]) {
      const data = { traceId: "t", [field]: nested(depth, EMAIL) };
      const actions = [
        { action: "create_generation", data },
        { action: "create_span", data: { traceId: "t", spanId: "x" } },
      ];
      const { status, body } = await post({ actions });
      expect([200, 207]).toContain(status);
      expect(body["results"]).toMatchObject([{}, { success: true }]);
    }
  });
});

test("model parameters that nest too deeply are none", async () => {
  for (const env of [KEYS, { ...KEYS, MASK: "all" }]) {
    const { post } = edgeUnderTest({ env });
    const told = await post({
      action: "create_generation",
      data: { traceId: "t", modelParameters: nested(600) },
    });
    expect(told).toMatchObject({ status: 400, body: { error: { code: "invalid_data" } } });
  }
});
