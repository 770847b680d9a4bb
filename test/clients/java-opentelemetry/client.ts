import assert from "node:assert/strict";
import { treeOf } from "../../support/read-span-tree.ts";
import { attributesOf } from "../../support/recording-langfuse.ts";
import type { Client } from "../support/client-type.ts";

export const client: Client = {
  needs: ["javac", "mvn"],
  install: [
    ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"],
    ["javac", "-cp", "lib/*", "-d", "out", "Program.java"],
  ],
  run: ["java", "-cp", "lib/*:out", "Program"],
  isComplete: ({ spans }) => spans.length >= 2,
  check: ({ spans }) => {
    assert.deepEqual(treeOf(spans), { checkout: undefined, pay: "checkout" });
    const [pay, checkout] = ["pay", "checkout"].map((name) =>
      spans.find((span) => span.name === name),
    );
    assert(pay !== undefined && checkout !== undefined);
    assert.deepEqual([checkout.kind, pay.kind], [2, 3]);
    assert.deepEqual(attributesOf(checkout), {
      "session.id": "chat-12",
      text: "Où? 🧀",
      flags: { values: [{ boolValue: true }, { boolValue: false }] },
    });
    assert.deepEqual(attributesOf(pay), {
      large: String(2n ** 62n),
      half: 0.5,
      numbers: { values: [{ intValue: 1 }, { intValue: 2 }] },
    });
    assert.deepEqual(pay.status, { code: 2, message: "declined" });
    const { events = [], links = [] } = pay as unknown as {
      events?: { name: string }[];
      links?: { spanId: string }[];
    };
    assert.deepEqual(
      events.map(({ name }) => name),
      ["exception"],
    );
    assert.deepEqual(
      links.map(({ spanId }) => spanId),
      [checkout.spanId],
    );
  },
};
