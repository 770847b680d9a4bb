import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answered } from "../../../../src/client/stream/answered.ts";
import { reading } from "../../../../src/client/reading/load-reading.ts";
import { createAnswerReader } from "../../../../src/client/stream/reader.ts";
import { DONE, event } from "./recorded/recording.ts";
import { runs } from "../../../support/runs.ts";

await reading.load();

const utf8 = new TextEncoder();
const EVENTS = "text/event-stream";
const MB = 1e6;
const delta = (content: string): string => event({ choices: [{ index: 0, delta: { content } }] });

function* pieces(text: string, length: number): Generator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

function read(body: string, contentType = EVENTS, pieceLength = 16_384): Answered {
  const reader = createAnswerReader(contentType, false);
  for (const piece of pieces(body, pieceLength)) reader.read(utf8.encode(piece), 0);
  reader.end();
  return reader.answered;
}

test("garbage is no error", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(EVENTS, "application/json", "application/x-ndjson", "text/plain", ""),
      fc.array(fc.uint8Array()),
      (type, chunks) => {
        const reader = createAnswerReader(type, false);
        for (const chunk of chunks) reader.read(chunk, 0);
        reader.end();
        expect(typeof reader.answered.text).toBe("string");
      },
    ),
  );
});

test("JSON of any shape is no error, and what is told is of its type", () => {
  const names = [
    "type, model, usage, error, delta, text, choices, content, message, response, output, index",
    "candidates, parts, messageMetadata, totalUsage, finishReason, finish_reason, status, item, id",
    "cost, thinking, reasoning, tool_calls, total_tokens, inputTokens, eval_count, done, metadata",
  ]
    .join(", ")
    .split(", ");
  const types = ["text-delta", "finish", "error", "message_start", "content_block_delta"];
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(null, true, false, 0, 1, -1, "", "x", "stop", ...types),
    fc.constant("response.completed"),
  );
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie("node"), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(fc.array(node), (events) => {
      const answered = read(events.map(event).join(""));
      expect(answered.text).toBeTypeOf("string");
      expect(answered.text).not.toContain("[object");
      for (const name of ["model", "error", "finishReason"] as const) {
        expect(["string", "undefined"]).toContain(typeof answered[name]);
      }
      for (const count of Object.values(answered.usage ?? {})) {
        expect(["number", "object"]).toContain(typeof count);
      }
      if (answered.cost) expect(answered.cost["total"]).toBeGreaterThan(0);
    }),
    { numRuns: runs(2_000) },
  );
});

test.each(["null", "1", "[]", '{"choices":1}', '{"choices":[null]}', '{"usage":3,"delta":null}'])(
  "JSON of another shape is let pass: %s",
  (json) => {
    expect(read(`data: ${json}\n\n${event({ type: "text-delta", delta: "x" })}`).text).toBe("x");
  },
);

test("a cost that is no number is none", () => {
  const { cost, usage } = read(
    event({ cost: [1], eval_count: 3 }) + event({ usage: { cost: [1] } }),
  );
  expect({ cost, usage }).toEqual({ cost: undefined, usage: { eval_count: 3 } });
});

test.each(["user", "system", "tool", "human"])("what a %s said is no answer", (role) => {
  const events = [
    { role, content: "asked" },
    { type: "message", message: { role, content: [{ type: "text", text: "asked" }] } },
    { role: "assistant", content: "Hi" },
  ];
  expect(read(events.map(event).join(""))).toMatchObject({ text: "Hi" });
});

test("bare JSON between events is read", () => {
  const bare = `${JSON.stringify({ error: { message: "Overloaded" } })}\n`;
  expect(read(delta("Hi") + bare)).toMatchObject({ text: "Hi", error: "Overloaded" });
});

test("an event is read when it is complete, not before and not later", () => {
  const reader = createAnswerReader(EVENTS, false);
  const whole = delta("Hi");
  reader.read(utf8.encode(whole.slice(0, -1)), 0);
  expect(reader.answered).toEqual({ text: "" });
  reader.read(utf8.encode("\n"), 0);
  expect(reader.answered.text).toBe("Hi");
});

test("a whole answer of JSON is read when it is complete", () => {
  const reader = createAnswerReader("application/json", false);
  reader.read(utf8.encode('{"choices":[{"message":{"content":"Hi"}}]'), 0);
  expect(reader.answered).toEqual({ text: "" });
  reader.read(utf8.encode("}"), 0);
  expect(reader.answered).toEqual({ text: "Hi", begun: true });
});

describe("an answer that is very long", () => {
  const completed = (picture: string): string =>
    event({
      type: "response.completed",
      response: {
        id: "r",
        model: "gpt-x",
        status: "completed",
        output: [{ type: "picture", result: picture }],
        usage: { input_tokens: 3, output_tokens: 4 },
      },
    });
  const right = {
    text: "Hi",
    model: "gpt-x",
    usage: { input_tokens: 3, output_tokens: 4 },
    finished: true,
    begun: true,
    finishReason: "completed",
  };
  const said = event({ type: "response.output_text.delta", delta: "Hi" });

  test.each([0.19, 0.21, 1.5, 5])("usage after a picture of %d MB", (size) => {
    expect(read(said + completed("A".repeat(size * MB)))).toEqual(right);
  });

  test("usage after a long string of escapes, wherever it is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("\\", '"', "\n", "\u0001", "ü", "x", "👋", "{", "]"), {
          minLength: 1,
          maxLength: 9,
        }),
        fc.integer({ min: 199_980, max: 200_010 }),
        fc.integer({ min: 1_000, max: 9_000 }),
        (characters, before, pieceLength) => {
          const long = "x".repeat(before) + characters.join("").repeat(3_000);
          expect(read(said + completed(long), EVENTS, pieceLength)).toEqual(right);
        },
      ),
      { numRuns: runs(30) },
    );
  });

  test("usage after many pictures", () => {
    const pictures = Array.from({ length: 40 }, () => "A".repeat(0.4 * MB));
    const body = event({
      output: pictures,
      model: "gpt-x",
      choices: [],
      usage: { total_tokens: 4 },
    });
    expect(read(body)).toMatchObject({ model: "gpt-x", usage: { total_tokens: 4 } });
  });

  test("usage of a whole answer after a picture", () => {
    const body = JSON.stringify({
      choices: [{ message: { content: "Hi", images: ["A".repeat(3 * MB)] } }],
      usage: { total_tokens: 4 },
    });
    expect(read(body, "application/json")).toMatchObject({
      text: "Hi",
      usage: { total_tokens: 4 },
    });
  });

  test("its text is kept to a length, in whole characters", () => {
    const { text } = read(
      delta("👋".repeat(70_000)) + delta("x") + delta("👋".repeat(70_000)) + DONE,
    );
    expect(text.length).toBeGreaterThan(199_990);
    expect(text.length).toBeLessThanOrEqual(200_000);
    expect(text.isWellFormed()).toBe(true);
    expect(read("👋".repeat(170_000), "text/plain").text.isWellFormed()).toBe(true);
  });

  test("a line without an end is bounded, and the next one is read", () => {
    const body = `data: ${'{"a":['.repeat(1.2 * MB)}\n\n${delta("Hi")}`;
    expect(read(body).text).toBe("Hi");
  });
});

describe("work is that of the bytes", () => {
  /** How many characters the library's string and pattern operations were given. */
  function charactersSeen(work: () => void): number {
    let seen = 0;
    const restore: (() => void)[] = [];
    const count = <T extends object>(owner: T, names: (keyof T & string)[]): void => {
      for (const name of names) {
        const original = owner[name] as (this: unknown, ...given: unknown[]) => unknown;
        const counting = function (this: unknown, ...given: unknown[]): unknown {
          const subject = typeof this === "string" ? this : given[0];
          if (typeof subject === "string") seen += subject.length;
          return original.apply(this, given);
        };
        Object.defineProperty(owner, name, { value: counting, configurable: true, writable: true });
        restore.push(() => {
          Object.defineProperty(owner, name, {
            value: original,
            configurable: true,
            writable: true,
          });
        });
      }
    };
    count(String.prototype, ["split", "matchAll", "slice", "replace", "trimStart", "indexOf"]);
    count(RegExp.prototype, ["test"]);
    count(JSON, ["parse"]);
    try {
      work();
    } finally {
      for (const undo of restore) undo();
    }
    return seen;
  }

  test.each([
    ["one line of 5 MB", EVENTS, `data: {"picture":"${"A".repeat(5 * MB)}"}\n\n`],
    ["one line of 5 MB of text", EVENTS, `data: ${"words ".repeat(0.8 * MB)}\n\n`],
    ["one value of 5 MB", "application/json", `{"picture":"${"A".repeat(5 * MB)}"}`],
    ["plain text of 5 MB", "text/plain", "words ".repeat(0.8 * MB)],
    ["20,000 events", EVENTS, delta("four words of text ").repeat(20_000)],
    ["spaces before all", "", " ".repeat(2 * MB)],
  ])("%s", (_, contentType, body) => {
    const chunks = [...pieces(body, 2_048)].map((piece) => utf8.encode(piece));
    const seen = charactersSeen(() => {
      const reader = createAnswerReader(contentType, false);
      for (const chunk of chunks) reader.read(chunk, 0);
      reader.end();
    });
    // Each is looked at a few times: as part of a chunk, of a line, of a value.
    expect(seen).toBeLessThan(body.length * 16);
  });
});

describe("an answer that is easily mistaken", () => {
  const begunAfter = (...events: object[]): number => {
    const reader = createAnswerReader(EVENTS, false);
    return events.findIndex((one) => {
      reader.read(utf8.encode(event(one)), 0);
      return reader.answered.begun;
    });
  };

  test.each([
    { type: "tool-output-available", toolCallId: "t", output: { error: "nope", text: "x" } },
    { type: "tool-output-denied", toolCallId: "t" },
    { type: "tool-approval-request", approvalId: "a", toolCallId: "t" },
    {
      type: "content_block_start",
      index: 1,
      content_block: { type: "web_search_tool_result", content: [{ type: "x", text: "page" }] },
    },
  ])("a tool's result is no first token: $type", (result) => {
    expect(begunAfter(result, { type: "text-delta", id: "0", delta: "Hi" })).toBe(1);
  });

  test.each([
    [{ prompt_tokens: 3, completion_tokens: 1, total_tokens: 4, total_price: "0.002" }],
    [{ inputTokens: 3, outputTokens: 1, totalTokens: 4 }],
  ])("usage in an event's metadata is usage: %o", (usage) => {
    const answer = read(event({ event: "message_end", metadata: { usage } }));
    expect(Object.values(answer.usage ?? {})).toEqual([3, 1, 4]);
  });

  test.each(['d: "x" is the fourth', '3: "three" is a number\n4: four'])(
    "a text that looks like a data stream is the text, wherever it is cut: %j",
    (text) => {
      for (const length of [1, 3, 1000]) expect(read(text, "text/plain", length).text).toBe(text);
    },
  );

  test.each([{}, []])("an empty error says that there is none: %j", (error) => {
    const { error: told, text } = read(JSON.stringify({ error, answer: "Hi" }), "application/json");
    expect([told, text]).toEqual([undefined, "Hi"]);
  });

  test("the end is known by its word, also with a space behind it", () => {
    expect(read(`${delta("Hi")}data: [DONE] \n\n`).finished).toBe(true);
  });
});
