// What masking and dropping do to spans.
import { describe, expect, it } from "vitest";
import { cleanAttributes, cleanSpan } from "../../../../src/edge/otlp/clean-attributes.ts";
import type { AnyValue, KeyValue, Span } from "../../../../src/otlp/types.ts";
import { readPrivacy } from "../../../../src/privacy/read-privacy.ts";

const ADA = "ada@example.com";
const text = (stringValue: string): AnyValue => ({ stringValue });
const entry = (key: string, value: AnyValue | string): KeyValue => ({
  key,
  value: typeof value === "string" ? text(value) : value,
});

function privacyOf(env: Record<string, string>) {
  const setting = readPrivacy(env, []);
  if (setting.kind !== "on") throw new Error("no privacy");
  return setting.privacy;
}
const clean = (env: Record<string, string>, list: KeyValue[]): KeyValue[] =>
  cleanAttributes(list, privacyOf(env), () => {});

describe("masking", () => {
  const MASK = { MASK: "all" };

  it.each<[string, KeyValue, AnyValue]>([
    ["an input", entry("langfuse.observation.input", `mail ${ADA}`), text("mail [email]")],
    ["an unknown attribute", entry("app.note", ADA), text("[email]")],
    [
      "metadata",
      entry("langfuse.observation.metadata.who", JSON.stringify({ a: ADA })),
      text('{"a":"[email]"}'),
    ],
    [
      "a list",
      entry("app.list", { arrayValue: { values: [text(ADA), { intValue: 7 }] } }),
      { arrayValue: { values: [text("[email]"), { intValue: 7 }] } },
    ],
    [
      "an object",
      entry("app.object", { kvlistValue: { values: [entry("to", ADA)] } }),
      { kvlistValue: { values: [entry("to", "[email]")] } },
    ],
    ["a name that begins like a program's", entry("telemetry.asked_by", ADA), text("[email]")],
    ["a count that is none", entry("gen_ai.usage.of", `{"to":"${ADA}"}`), text('{"to":"[email]"}')],
    ["a header", entry("http.request.header.authorization", "s3cret-value"), text("[bearer]")],
    [
      "a member that is a secret",
      entry("headers", { kvlistValue: { values: [entry("authorization", "s3cret")] } }),
      { kvlistValue: { values: [entry("authorization", "[bearer]")] } },
    ],
  ])("of %s", (_, attribute, value) => {
    expect(clean(MASK, [attribute])).toEqual([{ key: attribute.key, value }]);
  });

  it("leaves what holds nothing as it is, of its kind", () => {
    const list = [
      entry("app.bytes", { bytesValue: "AQL/" }),
      entry("app.long", { intValue: "9007199254740993" }),
      entry("app.double", { doubleValue: 1 }),
      entry("langfuse.observation.model.name", "claude"),
      entry("session.id", ADA),
      entry("ai.model.id", ADA),
      entry("gen_ai.usage.input_tokens", { intValue: 4_111_111_111_111_111 }),
    ];
    const cleaned = clean(MASK, list);
    expect(cleaned).toEqual(list);
    for (const [index, one] of cleaned.entries()) expect(one).toBe(list[index]);
  });

  it("of keys keeps two that become the same apart", () => {
    const keys = clean(MASK, [entry(ADA, "1"), entry("bob@example.com", "2")]).map((a) => a.key);
    expect(keys).toEqual(["[email]", "[email] 2"]);
    const [own] = clean(MASK, [entry(`langfuse.observation.metadata.${ADA}`, "1")]);
    expect(own?.key).toBe("langfuse.observation.metadata.[email]");
  });

  it("reaches names, messages, events and links", () => {
    const span: Span = {
      traceId: "t",
      spanId: "s",
      name: `for ${ADA}`,
      kind: 1,
      startTimeUnixNano: "0",
      endTimeUnixNano: "0",
      attributes: [],
      events: [{ name: ADA, timeUnixNano: "0", attributes: [entry("exception.message", ADA)] }],
      links: [{ traceId: "t", spanId: "s", attributes: [entry("to", ADA)] }],
      status: { code: 2, message: `no ${ADA}` },
    };
    const notes: string[] = [];
    const cleaned = cleanSpan(span, privacyOf(MASK), (note) => notes.push(note));
    expect(JSON.stringify(cleaned)).not.toContain("ada@");
    expect(cleaned).toMatchObject({
      name: "for [email]",
      status: { code: 2, message: "no [email]" },
    });
    expect(notes).toContain("statusMessage: masked 1 email");
  });
});

describe("dropping", () => {
  it.each<[string, KeyValue[], KeyValue[]]>([
    [
      "input",
      [
        entry("langfuse.observation.input", "a"),
        entry("gen_ai.prompt.0.content", "a"),
        entry("input.value", "a"),
        entry("langfuse.observation.output", "b"),
      ],
      [
        entry("langfuse.observation.input", "[dropped]"),
        entry("gen_ai.prompt.0.content", "[dropped]"),
        entry("input.value", "[dropped]"),
        entry("langfuse.observation.output", "b"),
      ],
    ],
    [
      "metadata",
      [
        entry("langfuse.observation.metadata.a", "1"),
        entry("app.note", "1"),
        entry("langfuse.observation.level", "ERROR"),
      ],
      [entry("langfuse.observation.level", "ERROR")],
    ],
    [
      "metadata.user.mail",
      [entry("langfuse.trace.metadata.user", JSON.stringify({ mail: "x", plan: "pro" }))],
      [entry("langfuse.trace.metadata.user", '{"mail":"[dropped]","plan":"pro"}')],
    ],
    ["userId", [entry("user.id", "ada"), entry("langfuse.user.id", "ada")], []],
    ["tags", [entry("langfuse.trace.tags", { arrayValue: { values: [text("a")] } })], []],
  ])("%s", (DROP_FIELDS, list, expected) => {
    expect(clean({ DROP_FIELDS }, list)).toEqual(expected);
  });

  it("of input reaches the events in which instrumentations put it", () => {
    const attributes = [entry("content", "secret")];
    const span = {
      events: [
        { name: "gen_ai.user.message", timeUnixNano: "0", attributes },
        { name: "gen_ai.choice", timeUnixNano: "0", attributes },
      ],
      name: "",
      attributes: [],
      status: { code: 0 },
    } as unknown as Span;
    const { events = [] } = cleanSpan(span, privacyOf({ DROP_FIELDS: "input" }), () => {});
    expect(events.map((event) => event.attributes?.[0]?.value)).toEqual([
      text("[dropped]"),
      text("secret"),
    ]);
  });
});
