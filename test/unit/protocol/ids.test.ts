import { createHash } from "node:crypto";
import { createTraceId } from "@langfuse/tracing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  derivedId,
  langfuseObservationId,
  langfuseTraceId,
  objectName,
  rootObservationId,
  traceparent,
} from "../../../src/protocol/ids.ts";

const hex = (length: number) =>
  fc.string({
    unit: fc.constantFrom(..."0123456789abcdefABCDEF".split("")),
    minLength: length,
    maxLength: length,
  });
const anyId = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: "grapheme" }),
  hex(32),
  hex(16),
);

describe("ids", () => {
  it("gives the published answer", () => {
    expect(langfuseTraceId("ui2-1671234567890-abc123")).toBe("b2da82a90f74a406596bb57639b0bd19");
  });

  it("derives trace ids as the official SDK does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, unit: "grapheme" }), async (seed) => {
        fc.pre(!/^[0-9a-f]{32}$/i.test(seed));
        expect(langfuseTraceId(seed)).toBe(await createTraceId(seed));
      }),
    );
  });

  it("is always a W3C id, and stays what it is when it is one", () => {
    fc.assert(
      fc.property(anyId, anyId, (trace, id) => {
        const traceId = langfuseTraceId(trace);
        const observation = langfuseObservationId(traceId, id);
        expect(traceId).toMatch(/^[0-9a-f]{32}$/);
        expect(observation).toMatch(/^[0-9a-f]{16}$/);
        expect(langfuseTraceId(traceId)).toBe(traceId);
        expect(langfuseObservationId(traceId, observation)).toBe(observation);
        expect(traceparent(traceId, observation)).toBe(`00-${traceId}-${observation}-01`);
      }),
    );
  });

  it("keeps hex ids in lower case, and derives where all digits are zero", () => {
    expect(langfuseTraceId("AB".repeat(16))).toBe("ab".repeat(16));
    expect(langfuseTraceId("0".repeat(32))).not.toBe("0".repeat(32));
    expect(langfuseObservationId("t", "0".repeat(16))).not.toBe("0".repeat(16));
  });

  it("derives the root's and an observation's id by the published rule", () => {
    const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
    expect(rootObservationId("abc")).toBe(sha("abc/root").slice(0, 16));
    expect(langfuseObservationId("abc", "span-1")).toBe(sha("abc/span-1").slice(0, 16));
  });

  it("passes verbatim trace ids through, without a traceparent where they are none of W3C's", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        expect(langfuseTraceId(id, "verbatim")).toBe(id);
      }),
    );
    expect(traceparent("ui2-1", "0123456789abcdef")).toBeUndefined();
  });

  it("never confuses parts: other parts, another id and another object", () => {
    const parts = fc.array(fc.string(), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(derivedId(...a)).not.toBe(derivedId(...b));
      }),
    );
    const key = { project: "pk", owner: "anonymous", kind: "session", value: "s" } as const;
    const others = [
      { ...key, project: "pk2" },
      { ...key, owner: "server" },
      { ...key, kind: "trace" as const },
      { ...key, value: "s2" },
    ];
    expect(new Set([key, ...others].map(objectName)).size).toBe(5);
  });
});
