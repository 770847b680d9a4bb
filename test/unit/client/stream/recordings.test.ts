import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answered } from "../../../../src/client/stream/answered.ts";
import { reading } from "../../../../src/client/reading/load-reading.ts";
import { createAnswerReader } from "../../../../src/client/stream/reader.ts";
import { readUsage } from "../../../../src/edge/fields/usage.ts";
import { AI_SDK_4 } from "./recorded/ai-sdk-4.ts";
import { AI_SDK_5 } from "./recorded/ai-sdk-5.ts";
import { AI_SDK_6 } from "./recorded/ai-sdk-6.ts";
import { AI_SDK_7 } from "./recorded/ai-sdk-7.ts";
import { ANTHROPIC } from "./recorded/anthropic.ts";
import { AZURE } from "./recorded/azure.ts";
import { AI_SDK_TOOLS } from "./recorded/ai-sdk-tools.ts";
import { ANTHROPIC_TOOLS } from "./recorded/anthropic-tools.ts";
import { GEMINI_TOOLS } from "./recorded/gemini-tools.ts";
import { OPENAI_CHAT_TOOLS } from "./recorded/openai-chat-tools.ts";
import { OPENAI_RESPONSES_TOOLS } from "./recorded/openai-responses-tools.ts";
import { OTHER_TOOLS } from "./recorded/other-tools.ts";
import { FORMS } from "./recorded/forms.ts";
import { GEMINI } from "./recorded/gemini.ts";
import { MISTRAL } from "./recorded/mistral.ts";
import { OLLAMA } from "./recorded/ollama.ts";
import { OPENAI_CHAT } from "./recorded/openai-chat.ts";
import { OPENAI_LIKE } from "./recorded/openai-like.ts";
import { OPENAI_RESPONSES } from "./recorded/openai-responses.ts";
import { OTHERS } from "./recorded/others.ts";
import type { Recording } from "./recorded/recording.ts";
import { runs } from "../../../support/runs.ts";

await reading.load();

const utf8 = new TextEncoder();
const ALL: [string, Recording[]][] = [
  ["AI SDK 4", AI_SDK_4],
  ["AI SDK 5", AI_SDK_5],
  ["AI SDK 6", AI_SDK_6],
  ["AI SDK 7", AI_SDK_7],
  ["OpenAI chat completions", OPENAI_CHAT],
  ["OpenAI Responses", OPENAI_RESPONSES],
  ["Azure", AZURE],
  ["Anthropic", ANTHROPIC],
  ["Gemini", GEMINI],
  ["Mistral", MISTRAL],
  ["OpenAI's language elsewhere", OPENAI_LIKE],
  ["Ollama", OLLAMA],
  ["other providers", OTHERS],
  ["tools of the AI SDK", AI_SDK_TOOLS],
  ["tools of chat completions", OPENAI_CHAT_TOOLS],
  ["tools of Responses", OPENAI_RESPONSES_TOOLS],
  ["tools of Anthropic", ANTHROPIC_TOOLS],
  ["tools of Gemini", GEMINI_TOOLS],
  ["tools of others", OTHER_TOOLS],
  ["forms", FORMS],
];

function readAll({ contentType, isEventStream }: Recording, pieces: Uint8Array[]): Answered {
  const reader = createAnswerReader(contentType ?? "", isEventStream ?? false);
  for (const [at, piece] of pieces.entries()) reader.read(piece, at + 1);
  reader.end();
  return reader.answered;
}

/** What the recording is right to be read as; usage as Langfuse is told it, without a word of doubt. */
function expectRight(recording: Recording, answered: Answered): void {
  const {
    name: _name,
    contentType: _type,
    isEventStream: _is,
    chunks: _chunks,
    ...right
  } = recording;
  const { begins, ...fields } = right;
  const { usage, begun, tools, ...rest } = answered;
  const calls = tools?.map(({ startedAt, endedAt, ready, ...call }) => {
    expect(ready).toBe(true);
    expect(endedAt ?? Infinity).toBeGreaterThanOrEqual(startedAt);
    return { ...call, ...(endedAt === undefined && { open: true }) };
  });
  const notes: string[] = [];
  const { usageDetails } = readUsage({ usage }, (note) => notes.push(note));
  expect(notes).toEqual([]);
  expect({
    ...rest,
    ...(calls && { tools: calls }),
    ...(usageDetails !== undefined && { usage: JSON.parse(usageDetails) as unknown }),
  }).toEqual(fields);
  expect(begun ?? false).toBe(begins !== undefined);
}

describe.each(ALL)("%s", (_, recordings) => {
  describe.each(recordings)("$name", (recording) => {
    const bytes = utf8.encode(recording.chunks.join(""));

    test("is read", () => {
      expectRight(
        recording,
        readAll(
          recording,
          recording.chunks.map((chunk) => utf8.encode(chunk)),
        ),
      );
    });

    test("cut at every byte", () => {
      for (let at = 0; at <= bytes.length; at += 1) {
        expectRight(recording, readAll(recording, [bytes.subarray(0, at), bytes.subarray(at)]));
      }
    });

    test("byte by byte, and in pieces", () => {
      expectRight(
        recording,
        readAll(
          recording,
          [...bytes].map((byte) => Uint8Array.of(byte)),
        ),
      );
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
          const ends = [...cuts, bytes.length].sort((one, other) => one - other);
          const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
          expectRight(recording, readAll(recording, pieces));
        }),
        { numRuns: runs(30) },
      );
    });

    test("begins with the first that is said", () => {
      const { contentType = "", isEventStream = false, chunks } = recording;
      const reader = createAnswerReader(contentType, isEventStream);
      let begins: number | undefined;
      chunks.forEach((chunk, index) => {
        reader.read(utf8.encode(chunk), index + 1);
        if (reader.answered.begun) begins ??= index;
      });
      reader.end();
      // A text's last characters may be those that tell that it is one.
      expect(begins ?? (reader.answered.begun ? chunks.length - 1 : undefined)).toBe(
        recording.begins,
      );
    });
  });
});
