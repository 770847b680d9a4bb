import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as client from "../../../../src/client/trace/ids.ts";
import { sha256 } from "../../../../src/client/trace/sha256.ts";
import * as protocol from "../../../../src/protocol/ids.ts";

const anyId = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.stringMatching(/^[0-9a-fA-F]{32}$/),
  fc.stringMatching(/^[0-9a-fA-F]{16}$/),
  fc.constantFrom("0".repeat(32), "0".repeat(16)),
);

test("SHA-256 of any text is what node:crypto says", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
    }),
  );
});

test("ids become the same as at the edge", () => {
  fc.assert(
    fc.property(anyId, anyId, (trace, observation) => {
      const langfuse = protocol.langfuseTraceId(trace);
      expect(client.langfuseTraceId(trace)).toBe(langfuse);
      const id = protocol.langfuseObservationId(langfuse, observation);
      expect(client.langfuseObservationId(langfuse, observation)).toBe(id);
      expect(client.traceparent(langfuse, observation)).toBe(protocol.traceparent(langfuse, id));
      const root = protocol.rootObservationId(langfuse);
      expect(client.traceparent(langfuse)).toBe(protocol.traceparent(langfuse, root));
    }),
  );
});

test("the known answer of the official SDKs", () => {
  const id = client.langfuseTraceId("ui2-1671234567890-abc123");
  expect(id).toBe("b2da82a90f74a406596bb57639b0bd19");
});

test("ids of traces have the form that is agreed on, and do not repeat", () => {
  expect(client.uiTraceId()).toMatch(/^ui2-\d{13}-[0-9a-f]{16}$/);
  expect(client.backendTraceId("chat")).toMatch(/^backend-chat-\d{13}$/);
  expect(new Set(Array.from({ length: 1000 }, () => client.uiTraceId())).size).toBe(1000);
});

test("a trace id gets its owner's tag once", () => {
  const tag = client.ownerTag("pk-lf-1", "ada");
  expect(tag).toBe(sha256("pk-lf-1\nada").slice(0, 16));
  const owned = client.ownedTraceId("ui2-1-a", tag);
  expect(owned).toBe(`ui2-1-a.${tag}`);
  expect(client.ownedTraceId(owned, tag)).toBe(owned);
  expect(client.ownedTraceId("ui2-1-a", undefined)).toBe("ui2-1-a");
});

test("baggage is encoded, without what has no value", () => {
  const text = client.baggage({ a: "x y,é", b: undefined, c: "", d: "\ud800" });
  expect(text).toBe("a=x%20y%2C%C3%A9,d=%EF%BF%BD");
});
