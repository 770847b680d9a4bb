import assert from "node:assert/strict";
import { treeOf } from "../../support/read-span-tree.ts";
import { attributesOf } from "../../support/recording-langfuse.ts";
import type { Client } from "../support/client-type.ts";

const PACKAGES = ["opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2"];

export const client: Client = {
  needs: ["python3"],
  install: [
    ["python3", "-m", "venv", ".venv"],
    [".venv/bin/pip", "install", "--quiet", ...PACKAGES],
  ],
  run: [".venv/bin/python", "program.py"],
  isComplete: ({ spans }) => spans.length >= 2,
  check: ({ spans }) => {
    assert.deepEqual(treeOf(spans), { checkout: undefined, pay: "checkout" });
    const [pay, checkout] = ["pay", "checkout"].map((name) =>
      spans.find((span) => span.name === name),
    );
    assert(pay !== undefined && checkout !== undefined);
    assert.deepEqual([checkout.kind, pay.kind], [2, 3]);
    assert.deepEqual(attributesOf(checkout), {
      "session.id": "chat-9",
      text: "Où? 🧀",
      flags: { values: [{ boolValue: true }, { boolValue: false }] },
    });
    assert.deepEqual(attributesOf(pay), {
      large: String(2n ** 62n),
      half: 0.5,
      numbers: { values: [{ intValue: 1 }, { intValue: 2 }] },
      raw: Buffer.from([1, 255]).toString("base64"),
    });
    assert.deepEqual(pay.status, { code: 2, message: "declined" });
    const { events = [], links = [] } = pay as unknown as {
      events?: { name: string }[];
      links?: { spanId: string }[];
    };
    assert.deepEqual(
      events.map(({ name }) => name),
      ["declined"],
    );
    assert.deepEqual(
      links.map(({ spanId }) => spanId),
      [checkout.spanId],
    );
  },
};
