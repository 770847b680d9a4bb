// What of an event is said to the user, and what only shows that the answer has begun: thoughts, and
// calls of tools. Formats differ in where they put it, but hardly in what they call it.
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
/** Where the text is, or what holds it. */
const TEXTS =
  "text refusal content parts delta textDelta content_block audio transcript response result output token answer completion".split(
    " ",
  );
const THOUGHTS_AND_TOOLS =
  "thinking reasoning reasoning_content reasoning_details tool_calls function_call functionCall partial_json".split(
    " ",
  );
const THOUGHT = /reasoning|thought/;
const TOOL = /_call|tool_use|^tool-(input|call)|file$/;

export function createContent(answered: Answered) {
  const content = {
    /** Something came since this was last set to false. */
    grew: false,
    /** A piece of text, a thought or a tool's call; an empty one is none. */
    begin(piece: unknown): void {
      if (piece && (piece as string).length !== 0) answered.begun = content.grew = true;
    },
    say(part: unknown): void {
      const text = word(part);
      content.begin(text);
      // Half a character is worse than none.
      answered.text += text
        .slice(0, MAX_TEXT_LENGTH - answered.text.length)
        .replace(/[\ud800-\udbff]$/, "");
      for (const one of objects(part)) {
        if (SAID_BY_OTHERS.test(word(one.role))) continue;
        const type = word(one.type);
        for (const name of THOUGHTS_AND_TOOLS) content.begin(one[name]);
        if (!one.thought && SAID.test(type)) {
          for (const name of TEXTS) content.say(one[name]);
          // As text it would be that of an error.
          if (typeof one.message === "object") content.say(one.message);
        } else {
          content.begin(TOOL.test(type) || one.delta || (THOUGHT.test(type) && one.text));
          content.begin(one.thought && one.text);
        }
      }
    },
  };
  return content;
}
