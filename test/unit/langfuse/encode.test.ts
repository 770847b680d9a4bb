import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, it } from "vitest";
import { requestBody, encode, envelopeBytes } from "../../../src/langfuse/encode.ts";
import { toIngestion } from "../../../src/langfuse/to-ingestion.ts";
import { toOtlp } from "../../../src/langfuse/to-otlp.ts";
import { looseObservation, scoreRecord } from "./arbitrary-records.ts";

it("makes the body out of pieces that the whole request would make", () => {
  fc.assert(
    fc.property(fc.array(looseObservation, { maxLength: 4 }), (records) => {
      const texts = records.map((record) => encode(record).text);
      expect(requestBody("observation", texts)).toBe(JSON.stringify(toOtlp(records)));
    }),
  );
  fc.assert(
    fc.property(fc.array(scoreRecord, { maxLength: 4 }), (records) => {
      const texts = records.map((record) => encode(record).text);
      expect(requestBody("score", texts)).toBe(JSON.stringify(toIngestion(records)));
    }),
  );
});

it("knows the exact size of a body before it is made", () => {
  fc.assert(
    fc.property(fc.array(looseObservation, { minLength: 1, maxLength: 4 }), (records) => {
      const items = records.map((record) => encode(record));
      const commas = items.length - 1;
      const bytes = items.reduce((sum, item) => sum + item.bytes, envelopeBytes("observation"));
      const body = requestBody(
        "observation",
        items.map(({ text }) => text),
      );
      expect(bytes + commas).toBe(Buffer.byteLength(body));
    }),
  );
});
