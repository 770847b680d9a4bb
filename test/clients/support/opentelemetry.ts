// OpenTelemetry's own SDK in any language: each program tells of the same two spans.
import assert from "node:assert/strict";
import { treeOf } from "../../support/read-span-tree.ts";
import { attributesOf, type WireSpan } from "../../support/recording-langfuse.ts";
import type { Client } from "./client-type.ts";

interface Spans {
  session: string;
  /** The name of the event on the span that fails. */
  event: string;
  /** What the language can tell beside numbers. */
  more?: Readonly<Record<string, unknown>>;
}

export const checkoutOf = ({
  session,
  event,
  more,
}: Spans): Pick<Client, "isComplete" | "check"> => ({
  isComplete: ({ spans }) => spans.length >= 2,
  check: ({ spans }) => {
    assert.deepEqual(treeOf(spans), { checkout: undefined, pay: "checkout" });
    const [pay, checkout] = ["pay", "checkout"].map((name) =>
      spans.find((span) => span.name === name),
    );
    assert(pay !== undefined && checkout !== undefined);
    assert.deepEqual([checkout.kind, pay.kind], [2, 3]);
    assert.deepEqual(attributesOf(checkout), {
      "session.id": session,
      text: "Où? 🧀",
      flags: { values: [{ boolValue: true }, { boolValue: false }] },
    });
    assert.deepEqual(attributesOf(pay), {
      large: String(2n ** 62n),
      half: 0.5,
      numbers: { values: [{ intValue: 1 }, { intValue: 2 }] },
      ...more,
    });
    assert.deepEqual(pay.status, { code: 2, message: "declined" });
    const { events = [], links = [] } = pay as WireSpan & {
      events?: { name: string }[];
      links?: { spanId: string }[];
    };
    assert.deepEqual(
      events.map(({ name }) => name),
      [event],
    );
    assert.deepEqual(
      links.map(({ spanId }) => spanId),
      [checkout.spanId],
    );
  },
});
