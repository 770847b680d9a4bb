import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  ACTION_NAMES,
  observationData,
  scoreData,
  traceData,
} from "../../../../src/protocol/wire.ts";
import { edgeUnderTest } from "../edge-under-test.ts";
import { ADA, MASKING } from "./masking.ts";
import { runs } from "../../../support/runs.ts";

vi.spyOn(console, "info").mockImplementation(() => {});

describe("what is masked", () => {
  const spread = fc.oneof(
    fc.constant(ADA),
    fc.constant({ a: [{ b: `x ${ADA} y` }], [`k ${ADA}`]: [ADA] }),
    fc.constant(JSON.stringify({ content: `line\n${ADA}` })),
    fc.constant([[ADA]]),
  );
  const PAYLOADS = ["name", "input", "output", "metadata", "statusMessage", "tags", "comment"];
  const FIELDS = new Set(
    [observationData, traceData, scoreData].flatMap((schema) => Object.keys(schema.shape)),
  );

  test("property: whatever the action and the field, no address reaches an object", async () => {
    expect(PAYLOADS.every((field) => FIELDS.has(field))).toBe(true);
    const { post, appends } = edgeUnderTest({ env: MASKING });
    const data = fc.dictionary(fc.constantFrom(...PAYLOADS, "value", "modelParameters"), spread);
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ACTION_NAMES), data, async (action, given) => {
        appends.length = 0;
        const ids = { traceId: "t", spanId: "s", generationId: "g", scoreId: "c" };
        await post({ action, data: { value: 1, ...given, ...ids } });
        kept += appends.length;
        expect(JSON.stringify(appends)).not.toContain("example.com");
      }),
      { numRuns: runs(1000) },
    );
    expect(kept).toBeGreaterThan(300);
  });
});
