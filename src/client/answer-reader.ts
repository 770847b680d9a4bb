// Reads what a chat API answers, as it passes: text, model, token usage and errors, from the streams
// of OpenAI (chat completions and responses), Anthropic and the AI SDK (UI messages and data), from
// whole JSON answers, and from plain text. Where the bytes are cut makes no difference.

/** What the answer said. */
export interface Answered {
  text: string;
  model?: string;
  usage?: Record<string, unknown>;
  cost?: Record<string, number>;
  error?: string;
  /** It said itself that it is complete. */
  finished?: boolean;
  /** The stream said that it was stopped. */
  stopped?: boolean;
  /** The first text, reasoning or tool delta was seen: the first token. */
  begun?: boolean;
}

/** What the known formats have in common, as far as it is read here. */
interface Told {
  type?: string;
  model?: unknown;
  usage?: Record<string, unknown> | null;
  error?: { message?: string } | string | null;
  delta?: { text?: string } | string;
  textDelta?: string;
  errorText?: string;
  choices?: { index?: number; delta?: Content; message?: Content; text?: string }[];
  content?: Content[];
  output?: { content?: Content[] }[];
  message?: Told;
  response?: Told;
  messageMetadata?: Told;
}
interface Content {
  content?: string | null;
  text?: string;
}

const MOST_TEXT = 2e5;
/** A longer line carries no text: an image, or all over again. */
const LONGEST_LINE = 1e6;

const joined = (contents: Content[] = []): string =>
  contents.map(({ text }) => text ?? "").join("");

function textOf({ type = "", delta, textDelta, choices, content, output }: Told): string {
  const [choice] = choices ?? [];
  if (choice && !choice.index) {
    return (choice.delta ?? choice.message)?.content ?? choice.text ?? "";
  }
  if (typeof delta === "object") return delta.text ?? "";
  if (/^(text-delta|response\.output_text\.delta)$/.test(type)) return delta ?? textDelta ?? "";
  return joined(Array.isArray(content) ? content : output?.flatMap((item) => item.content ?? []));
}

export interface AnswerReader {
  answered: Answered;
  read(chunk: Uint8Array): void;
  end(): void;
}

/** `lines`: is it known to be a stream of events? Else the content type tells, or the first bytes. */
export function createAnswerReader(contentType: string, lines: boolean): AnswerReader {
  const answered: Answered = { text: "" };
  const decoder = new TextDecoder();
  let pending = "";
  let form = lines || /event-stream|ndjson|jsonl/.test(contentType) ? "lines" : "";
  if (!form && /json/.test(contentType)) form = "whole";

  const add = (text: string): void => {
    answered.text = (answered.text + text).slice(0, MOST_TEXT);
  };
  const take = (told: Told): void => {
    add(textOf(told));
    for (const part of [told, told.message, told.response, told.messageMetadata]) {
      if (typeof part?.model === "string") answered.model = part.model;
      for (const [name, count] of Object.entries(part?.usage ?? {})) {
        if (typeof count === "number" || name.endsWith("_details")) {
          answered.usage = { ...answered.usage, [name]: count };
        }
      }
      const error = part?.errorText ?? part?.error;
      if (error) answered.error = typeof error === "string" ? error : (error.message ?? "error");
    }
    if (/^(finish|message_stop|response\.completed)$/.test(told.type ?? "")) {
      answered.finished = true;
    }
  };
  const line = (text: string): void => {
    const [, code, json = text] = /^(data|[\da-z]):\s?(.*)/.exec(text) ?? [];
    if (json === "[DONE]") answered.finished = true;
    try {
      const told: unknown = JSON.parse(json);
      if (typeof told !== "string") take(told as Told);
      else if (code === "0") add(told);
      else if (code === "3") answered.error = told;
      if (code === "d") answered.finished = true;
    } catch {
      // Of another format, or none of a chat's.
    }
  };
  const feed = (text: string, last: boolean): void => {
    pending += text;
    if (!form && (pending.length > 1 || last)) form = /^[\da-z]:/.test(pending) ? "lines" : "text";
    if (form === "text") {
      add(pending);
      pending = "";
    } else if (form === "lines" && (last || /[\r\n]/.test(text))) {
      const parts = pending.split(/[\r\n]+/);
      pending = last ? "" : (parts.pop() ?? "");
      parts.forEach(line);
    } else if (last) line(pending);
    if (pending.length > LONGEST_LINE) pending = "";
  };
  return {
    answered,
    read: (chunk) => feed(decoder.decode(chunk, { stream: true }), false),
    end: () => feed(decoder.decode(), true),
  };
}
