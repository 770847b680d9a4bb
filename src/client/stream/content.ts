// The part of an event that is said to the user, and the parts that only show that the answer has begun:
// thoughts, and calls of tools. Formats differ in where they put it, but hardly in what they call it.
import { cut } from "../reading/lent.ts";
import type { Answered } from "./answered.ts";
import { objects, word } from "./loose.ts";

const MAX_TEXT_LENGTH = 2e5;

/**
 * Types of events and parts that are said, by provider: the AI SDK's `text-delta`; OpenAI's parts, and
 * the deltas of its Responses; Anthropic's and Cohere's messages, blocks and deltas; LangChain's. What
 * has no type is (chat completions, Gemini, Ollama, Workers AI, what backends make up).
 */
const SAID =
  /^((response\.)?((output_)?text|refusal|(output_)?audio[._]transcript)([-_.]delta)?|(message|content)([-_].*)?|AIMessageChunk|)$/;
const SAID_BY_OTHERS = /user|system|tool|human/;
/** The fields that are the text, or hold it. */
const TEXTS =
  /^(text(Delta)?|refusal|content(_block)?|parts|delta|audio|transcript|response|result|output|token|answer|completion)$/;
const THOUGHTS = /^(thinking|reasoning(_content)?)$/;
const THOUGHTS_AND_TOOLS = /^(reasoning_details|tool_calls|function_?call$|partial_json)/i;
/** Events and parts that are thoughts; what tells them a second time is none. */
const THOUGHT = /^(?!.*(done|part)).*(reasoning|thought)/;
const TOOL = /_call|tool_use|^tool-(input|call)|file$/;

export function createContent(answered: Answered) {
  const content = {
    /** Something came since this was last set to false. */
    grew: false,
    /** A piece of text, a thought or a tool's call; an empty one is none. */
    begin(piece: unknown): void {
      if (piece && (piece as string).length !== 0) answered.begun = content.grew = true;
    },
    /** A thought, or parts that hold it. */
    think(part: unknown): void {
      const thought = word(part);
      content.begin(thought);
      const before = answered.reasoning ?? "";
      if (thought) answered.reasoning = before + cut(thought, MAX_TEXT_LENGTH - before.length);
      for (const one of objects(part)) content.think(one.text ?? one.thinking ?? one.content);
    },
    say(part: unknown): void {
      const text = word(part);
      content.begin(text);
      answered.text += cut(text, MAX_TEXT_LENGTH - answered.text.length);
      for (const one of objects(part)) {
        if (SAID_BY_OTHERS.test(word(one.role))) continue;
        const type = word(one.type);
        const isSaid = !one.thought && SAID.test(type);
        for (const [name, value] of Object.entries(one)) {
          // Some servers tell a thought under both names.
          if (THOUGHTS.test(name)) content.think(/_c/.test(name) && one.reasoning ? "" : value);
          else if (THOUGHTS_AND_TOOLS.test(name)) content.begin(value);
          // A message that is text would be that of an error.
          if (isSaid && (TEXTS.test(name) || (name === "message" && !word(value)))) {
            if (/refusal/.test(name + type) && word(value)) answered.refused = true;
            content.say(value);
          }
        }
        if (!isSaid) {
          content.begin(TOOL.test(type) || one.delta);
          if (one.thought || THOUGHT.test(type)) {
            content.think(word(one.delta) || word(one.text) || (one.content ?? one.summary));
          }
        }
      }
    },
  };
  return content;
}
