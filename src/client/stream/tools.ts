// The calls of tools that an answer shows, whoever runs them, and what came of them. Providers differ in
// where they put a call, but hardly in what they call its parts.
import { cut } from "../reading/lent.ts";
import type { Answered, ToolCall } from "./answered.ts";
import { type Loose, objects, word } from "./loose.ts";
import { addPiece, type Holder } from "./pieces.ts";

const MAX_CALLS = 100;
const MAX_INPUT_LENGTH = 2e5;
/** The items of OpenAI's Responses that are calls of tools … */
const ITEM = /^(.*)_call$|^(mcp_approval_request|program)$/;
/** … and those that OpenAI runs itself: a complete one holds its result. */
const RUN_BY_OPENAI = /^(web|file|code|image|mcp|tool)_/;

export function createTools(answered: Answered) {
  /** By what the stream goes on to name them by: an id, or the index in one model call. */
  let calls = new Map<unknown, ToolCall>();
  /** How many characters of arguments in pieces may still come. */
  let room = MAX_INPUT_LENGTH;
  /** When the event came that is read, epoch ms. */
  let now = 0;

  /** The call of this key; a new one where there is none, or what comes is plainly another. */
  const at = (key: unknown, id: string, name: string): ToolCall | undefined => {
    const known = calls.get(key);
    const isSame = id ? known?.id === id || known?.id === known?.name : !(name && known?.ready);
    if (known && isSame) {
      known.id = id || known.id;
      known.name ||= name;
      calls.set(known.id, known);
      return known;
    }
    const all = (answered.tools ??= []);
    if ((!id && !name) || all.length >= MAX_CALLS) return undefined;
    if (known) known.ready = true;
    const call: ToolCall = { id: id || name, name, startedAt: now };
    calls.set(key, call).set(call.id, call);
    all.push(call);
    return call;
  };
  /** A piece of the input is text to go on with; anything else is the whole. */
  const give = (call: ToolCall | undefined, piece?: unknown, whole?: unknown): void => {
    if (!call || call.endedAt) return;
    if (whole !== undefined) call.input = whole;
    else if (word(piece)) call.input = cut(word(call.input) + word(piece), MAX_INPUT_LENGTH);
    else return;
    call.startedAt = now;
  };
  const end = (call: ToolCall | undefined, output: unknown, error?: unknown): void => {
    if (!call || call.endedAt) return;
    call.ready = true;
    call.endedAt = now;
    if (error) call.error = word(error) || word(Object(error).message) || JSON.stringify(error);
    else call.output = output;
  };

  /** OpenAI's way, and that of all who speak its language. */
  const readFunction = (one: Loose, index: unknown, nth?: unknown): void => {
    const called = one.function ?? one.custom ?? one;
    const id = word(one.id) || word(one.tool_call_id);
    const call = at(one.index ?? index ?? (id || nth), id, word(called.name));
    const input: unknown = called.arguments ?? called.args ?? called.input;
    const isWhole = Object(input) === input;
    give(call, input, isWhole ? input : undefined);
    if (call && isWhole) call.ready = true;
  };
  const readItem = (item: Loose, isDone: boolean): void => {
    const type = word(item.type);
    const id = word(item.call_id) || word(item.id);
    const result: unknown = item.output ?? item.outputs ?? item.results ?? item.result;
    if (type.endsWith("_output")) {
      // Its call may be of an earlier answer.
      const call = word(item.call_id) ? at(id, id, "") : calls.get(id);
      return end(call, result, word(item.status) === "failed" && (result ?? "failed"));
    }
    const kind = ITEM.exec(type);
    if (!kind) return;
    const call = at(item.id ?? id, id, word(item.name) || (kind[1] ?? type));
    if (!call || !isDone) return;
    const { arguments: args, input, code, action, actions, operation, queries } = item;
    const whole: unknown = args ?? input ?? code ?? action ?? actions ?? operation ?? queries;
    if (!call.ready && whole) call.input = whole;
    call.ready = true;
    if (type.startsWith("mcp_a")) call.needsApproval = true;
    else if (RUN_BY_OPENAI.test(type) && word(item.execution) !== "client") {
      // A picture is base64.
      end(
        call,
        word(result) && type[0] === "i" ? item.status : (result ?? item.status),
        item.error,
      );
    }
  };
  const readBlock = (block: Loose, index: unknown): void => {
    const id = word(block.tool_use_id);
    const content = block.content as unknown;
    if (id) {
      const { type = "", error_code: code } = Object(content) as Record<string, unknown>;
      const failed = block.is_error || word(type).endsWith("error");
      end(at(id, id, ""), content, failed && (code ?? content));
    } else if (word(block.type).endsWith("tool_use")) {
      const own = word(block.id);
      const call = at(index ?? own, own, word(block.name));
      const input = block.input as unknown;
      if (Object.keys(Object(input) as object)[0]) give(call, "", input);
    }
  };
  /** The AI SDK's way: each event names its call. */
  const readNamed = (told: Loose, type: string): void => {
    const id = word(told.toolCallId);
    const call = at(id, id, word(told.toolName));
    const given: unknown = told.input ?? told.args;
    give(call, told.inputTextDelta ?? told.argsTextDelta, given);
    if (!call) return;
    if (given !== undefined) call.ready = true;
    if (/approval-request/.test(type) && !told.isAutomatic) call.needsApproval = true;
    const error = told.errorText ?? (/error/.test(type) && told.error);
    const output: unknown = told.output ?? told.result;
    if (/denied/.test(type)) {
      call.denied = true;
      end(call, undefined);
    } else if (error || output !== undefined || /(output-av|result)/.test(type)) {
      // A preliminary one is followed by others.
      if (!told.preliminary) end(call, output, error);
    }
  };

  return {
    /** Another model call begins: its indexes are its own. */
    next(): void {
      for (const call of calls.values()) call.ready = true;
      calls = new Map([...calls].filter(([key]) => typeof key === "string"));
    },
    /** `firsts`: the first choices of the event, or candidates. */
    read(told: Loose, firsts: Loose[], came: number): void {
      now = came;
      const type = word(told.type);
      const { delta, message, item, index, response } = told;
      for (const one of [told, ...objects(told.toolCalls), ...objects(told.toolResults)]) {
        if (one.toolCallId) readNamed(one, word(one.type));
      }
      for (const part of [
        told,
        message,
        delta?.message,
        ...firsts.flatMap((one) => [one.delta ?? one.message]),
      ]) {
        if (!part) continue;
        objects(part.tool_calls ?? part.tool_call_chunks).forEach((one, nth) =>
          readFunction(one, index, `${nth}`),
        );
        if (part.function_call) readFunction(part.function_call, "function");
        for (const one of objects(part.executed_tools)) {
          const key = `run ${Number(one.index)}`;
          const call = at(key, key, word(one.name) || word(one.type));
          give(call, "", one.arguments);
          if (one.output !== undefined) end(call, one.output);
        }
      }
      for (const one of [told, delta]) {
        // Mistral's conversations and Gemini's interactions.
        if (/^function[._]call/.test(word(one?.type)) && one?.name) readFunction(one, index);
      }
      if (item) readItem(item, type.endsWith("done"));
      for (const one of objects(told.output ?? response?.output)) readItem(one, true);
      const piece = /(arguments|input|code)[._](delta|done)$/.exec(type);
      if (piece) {
        const whole = piece[2] === "done" ? (told.arguments ?? told.input ?? told.code) : undefined;
        give(calls.get(told.item_id), delta, whole);
      }
      if (told.content_block) readBlock(told.content_block, index);
      for (const one of objects(told.content)) readBlock(one, undefined);
      give(calls.get(index), delta?.partial_json);
      const stopped = /(block[_-]stop|call-end)$/.test(type) && calls.get(index);
      if (stopped) stopped.ready = true;
      for (const part of firsts.flatMap((one) => objects(one.content?.parts))) {
        const { functionCall: called, executableCode: code, codeExecutionResult: result } = part;
        const name = word(called?.name) || (code && "code_execution") || "";
        // A call in pieces has its name in the first.
        const call = name ? at({}, word(called?.id), name) : called && calls.get("pieces");
        if (call) {
          give(call, "", called?.args ?? code);
          for (const one of objects(called?.partialArgs)) {
            call.startedAt = now;
            room = addPiece((call.input ??= {}) as Holder, one, room);
          }
          call.ready = !called?.willContinue;
          calls.set(code ? "code" : "pieces", call);
          if (call.ready) room = MAX_INPUT_LENGTH;
        }
        if (result) end(calls.get("code"), result);
      }
      // A tool's own message, as LangChain passes it on.
      if (type === "tool" && told.tool_call_id) {
        const id = word(told.tool_call_id);
        const content = told.content as unknown;
        end(at(id, id, word(told.name)), content, word(told.status) === "error" && content);
      }
    },
    /** The answer is over: what has come of a call is all of it. */
    finish(): void {
      for (const call of answered.tools ?? []) call.ready = true;
    },
  };
}
