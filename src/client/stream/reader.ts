// Reads what a chat API answers, as it passes. Where the bytes are cut makes no difference, each is
// looked at once, and nothing that comes can make it throw or grow without bound.
import type { Answered } from "./answered.ts";
import { createContent } from "./content.ts";
import { type Form, formOf } from "./form.ts";
import { type Loose, objects, word } from "./loose.ts";
import { createLines, createScanner, MAX_LENGTH } from "./scan.ts";
import { createTools } from "./tools.ts";
import { createUsage } from "./usage.ts";

export interface AnswerReader {
  readonly answered: Answered;
  /** `now`: when the chunk came, epoch ms. */
  read(chunk: Uint8Array, now: number): void;
  end(): void;
}

const MAX_ERROR_LENGTH = 1e3;
/** First events of a known format, which say nothing yet. */
const KNOWN_TYPE = /^(start|message|response|data-|tool-|content)/;
const KNOWN_FIELDS = ["choices", "candidates", "done", "event_type"];
/** The fields that tell of a model, of usage, of an end, beside the event itself; the later counts more. */
const PARTS =
  "x_groq metadata message response result interaction delta messageMetadata promptFeedback".split(
    " ",
  );
/** Names under which events carry bare text. */
const TEXT_EVENT = /^(|message|data|text|token|delta)$/;

/** `isEventStream`: a header other than the content type says so. */
export function createAnswerReader(contentType: string, isEventStream: boolean): AnswerReader {
  const answered: Answered = { text: "" };
  const content = createContent(answered);
  const usage = createUsage(answered);
  const tools = createTools(answered);
  const decoder = new TextDecoder();
  let form: Form | undefined;
  let start = "";
  let isKnown = false;
  /** The length of the text where the AI SDK's step began. */
  let stepStart = 0;
  /** The model call that was told of last: its id, and whether it has ended. */
  let call: unknown;
  let callEnded = false;
  let ended = false;
  let now = 0;

  /** The first error is the cause of the others. */
  const fail = (error: unknown): void => {
    // An empty object says that there is none.
    if (!error || JSON.stringify(error).length < 3) return;
    const { message, errorText, detail } = Object(error) as Loose;
    answered.error ??= (
      [error, message, errorText, detail].map(word).find(Boolean) ?? JSON.stringify(error)
    ).slice(0, MAX_ERROR_LENGTH);
  };
  const take = (raw: unknown, event: string, code: string): void => {
    const told = Object(raw) as Loose;
    const { message, response } = told;
    const type = word(told.type);
    // The first of several choices is shown, wherever it stands.
    const firsts = objects(told.choices ?? told.candidates).filter(({ index }) => !index);
    content.grew = ended = false;
    // The codes of the AI SDK's data stream: text, an error, and thoughts and tools.
    if (code === "0") content.say(raw);
    else if (code === "3") fail(raw);
    else if (code === "g") content.think(raw);
    else if (code) content.begin(/[9bc]/.test(code));
    else {
      content.say(told);
      // A program comes whole, without deltas.
      content.begin(word(told.item?.code));
      for (const first of firsts) content.say(first.delta ?? first.message ?? first);
      // A text that deltas have told is not told again.
      if (/^response\.(com|inc)/.test(type) && !answered.text) {
        const { reasoning } = answered;
        content.say(response);
        if (reasoning) answered.reasoning = reasoning;
      }
      for (const part of /tool|mcp/.test(type) ? [] : [told, response, ...firsts]) {
        fail((part?.error as unknown) === true ? part : part?.error);
      }
      const names: unknown[] = [type, event, told.object, told.event, told.status];
      if (names.includes("error")) fail(told);
      if (type === "abort") answered.stopped = true;
      if (type === "start-step") stepStart = answered.text.length;
      if (type === "reset-step") answered.text = answered.text.slice(0, stepStart);
    }
    if (word(told.messageId)) answered.messageId = word(told.messageId);
    const parts = objects([...PARTS.map((name) => told[name]), ...firsts, told]);
    for (const part of parts) {
      const model = word(part.model || part.modelVersion || part.modelId);
      if (model) answered.model = model;
      const status = part.type ? "" : word(part.status);
      const given =
        part.finish_reason ??
        part.finishReason ??
        part.stop_reason ??
        part.done_reason ??
        part.blockReason ??
        (/^(in)?complete/.test(status) && (part.incomplete_details?.reason ?? status));
      const reason = word(Object(given).unified ?? given);
      if (reason) {
        answered.finishReason = reason;
        ended = true;
        // With a tool's result it goes on.
        if (!/tool|function|error/i.test(reason)) answered.finished = true;
      }
      if (status === "cancelled") answered.stopped = true;
    }
    if (told.done || code === "d" || /^(finish|message[-_](stop|end))$/.test(type)) {
      answered.finished = ended = true;
    }
    const id = told.id || told.responseId || message?.id || response?.id;
    if (
      /^(start-step|message_start)$/.test(type) ||
      (callEnded && (id && call ? id !== call : content.grew))
    ) {
      usage.next();
      tools.next();
      callEnded = false;
      // Usage alone may come late, and under an id of its own.
      if (!ended && (content.grew || !told.usage)) delete answered.finished;
    }
    call = id || call;
    tools.read(told, firsts, now);
    if (ended) tools.finish();
    for (const part of parts) {
      const counts =
        part.totalUsage ??
        part.usage ??
        part.usageMetadata ??
        part.usage_metadata ??
        ((part.eval_count ?? part.totalTokens) && part);
      if (counts) usage.read(counts, !!part.totalUsage || code === "d" || type === "finish");
    }
    callEnded ||= ended || (!!told.usage && !told.choices?.length);

    isKnown ||=
      !!(code || content.grew || ended || answered.error || answered.stopped) ||
      KNOWN_TYPE.test(type) ||
      KNOWN_FIELDS.some((field) => field in told);
    content.begin(!isKnown);
  };
  const value = (json: string, event = "", code = ""): void => {
    try {
      const told: unknown = JSON.parse(json);
      if (event === "error" && word(told)) fail(told);
      else if (word(told) && !code) content.say(told);
      else for (const one of code ? [told] : objects(told)) take(one, event, code);
    } catch {
      // A broken object is no text, and neither is what an event of another name says.
      if (event === "error") fail(json);
      else if (!code && TEXT_EVENT.test(event) && !/^\s*[[{]/.test(json)) content.say(json);
    }
  };

  let event = "";
  let data: string | undefined;
  const dispatch = (): void => {
    if (data?.trim() === "[DONE]") answered.finished = callEnded = true;
    else if (data !== undefined) value(data, event);
    data = undefined;
    event = "";
  };
  const lines = createLines((line) => {
    const [, field, rest = ""] = /^([^:]*): ?([^]*)/.exec(line) ?? [];
    if (!line) dispatch();
    // Some gateways put an error between the events, as bare JSON.
    else if (/^[[{]/.test(line)) value(line);
    else if (/^[\da-k]$/.test(field!)) value(rest, "", field);
    else if (field === "event") event = rest;
    else if (field === "data" && (data ?? "").length < MAX_LENGTH) {
      data = data === undefined ? rest : `${data}\n${rest}`;
    }
  });
  const json = createScanner((one) => value(one));

  const feed = (text: string, isAll: boolean): void => {
    start += text;
    form ??= formOf(start, contentType, isEventStream, isAll);
    if (!form) return;
    if (form === "text") content.say(start);
    else if (form === "bytes") content.begin(start);
    else (form === "json" ? json : lines).add(start);
    start = "";
  };
  return {
    answered,
    read: (chunk, at) => {
      now = at;
      feed(decoder.decode(chunk, { stream: true }), false);
    },
    end: () => {
      feed(decoder.decode(), true);
      lines.finish();
      dispatch();
      tools.finish();
    },
  };
}
