import { describe, expect, it } from "vitest";
import { letterBody } from "../../../../src/edge/admin/letter-body.ts";
import type { WholeLetter } from "../../../../src/protocol/books/dead-letter-calls.ts";
import type { SealedRecord } from "../../../../src/protocol/record.ts";

const SEALED = { ordinal: 7, actions: 2, size: 100 };
const SAID = "what a user said";
const RECORDS: Record<string, SealedRecord> = {
  observation: {
    ...SEALED,
    kind: "observation",
    traceId: "t",
    id: "o",
    root: true,
    type: "generation",
    name: "streaming-response",
    startTime: 0,
    endTime: 1,
    fields: { input: SAID, output: SAID, statusMessage: SAID, level: "ERROR", model: "gpt-5" },
    metadata: [["note", SAID]],
    trace: { sessionId: "chat", metadata: [["note", SAID]] },
  },
  span: {
    ...SEALED,
    kind: "observation",
    traceId: "t",
    id: "o",
    name: "call",
    startTime: 0,
    span: JSON.stringify({ attributes: [{ key: "input", value: { stringValue: SAID } }] }),
    origin: "x",
  },
  score: {
    ...SEALED,
    kind: "score",
    id: "s",
    body: JSON.stringify({ id: "s", traceId: "t", name: "liked", value: 1, comment: SAID }),
    timestamp: 0,
  },
  ...Object.fromEntries(
    ["TEXT", "CORRECTION"].map((dataType) => [
      `score of the type ${dataType}`,
      {
        ...SEALED,
        kind: "score" as const,
        id: "s",
        body: JSON.stringify({ id: "s", traceId: "t", name: "said", value: SAID, dataType }),
        timestamp: 0,
      },
    ]),
  ),
};
const letter = (record: SealedRecord): WholeLetter => ({
  ordinal: 7,
  kind: record.kind,
  reason: "refused",
  // Langfuse quotes what it does not take.
  message: `invalid value '${SAID}'`,
  at: 0,
  deaths: 2,
  earlier: [{ at: 0, reason: "refused", message: `invalid value '${SAID}'` }],
  expiresAt: 1,
  actions: 2,
  size: 100,
  record,
});

describe.each(Object.entries(RECORDS))("a dead %s", (_name, record) => {
  it("is whole for who may see payloads", () => {
    const body = letterBody("object", letter(record), true);
    expect(JSON.stringify(body)).toContain(SAID);
    expect(body).not.toHaveProperty("contentHidden");
  });

  it("is its names and times for everybody else", () => {
    const body = letterBody("object", letter(record), false);
    expect(JSON.stringify(body)).not.toContain(SAID);
    expect(body).toMatchObject({ contentHidden: true, record: { id: record.id }, traceId: "t" });
    // Why it died is no secret.
    expect(body).toMatchObject({ reason: "refused", deaths: 2, earlier: [{ reason: "refused" }] });
  });
});
