// The traces of a client's messages, over reloads: in the browser's own storage, apart for each project and user,
// so that nobody finds another's. Without storage it lasts as long as the page.
import type { TextStore } from "../send/page.ts";
import { cut } from "../send/cut.ts";
import { page } from "../send/page.ts";
import { sha256 } from "../trace/sha256.ts";
import type { LangfuseProxy } from "../trace/proxy.ts";
import { turnsOf } from "../turn/turn-registry.ts";
import type { UserAction } from "../turn/after-turn.ts";
import type { Result, SpanFields } from "../types.ts";
import { failed } from "../send/results.ts";
import { giveFeedback } from "./give-feedback.ts";
import { type Memory, readMemory, remember, rememberGiven, writeMemory } from "./remembered.ts";
import { type FeedbackFields, feedbackName, type FeedbackValue } from "./score.ts";

/** A message, or what tells which one it is about: its own id, or a list with the question before it. */
export interface MessageRef {
  messageId?: string | undefined;
  /** The trace itself, where a backend has stored it with the message. */
  traceId?: string | undefined;
  /** The conversation: where the message's own id says nothing, that of the question before it does. */
  messages?: readonly { id: string; role?: string | undefined }[] | undefined;
}

export interface MessageMemory {
  /** The trace of a message, of those that turns have named and of those that are remembered. */
  traceOf(message: MessageRef | string): string | undefined;
  /** The user's last word on a message, by the score's name. */
  givenTo(message: MessageRef | string): Record<string, FeedbackValue>;
  /** Remembers a trace for a message: the app's own, or one that its backend tells. */
  set(messageId: string, traceId: string): void;
  /** Feedback on a message. `unknown_message`: its trace is not known; nothing is sent. */
  feedback(
    message: MessageRef | string,
    value: FeedbackValue,
    fields?: FeedbackFields,
  ): Promise<Result>;
  /** An event of the message's trace. False where that is not known. */
  did(message: MessageRef | string, action: UserAction, fields?: Omit<SpanFields, "name">): boolean;
}

const PREFIX = "langfuse-edge.messages.";
const MEMORIES = new WeakMap<object, MessageMemory>();

/** It is not on its way any more, either. */
export const isRefused = ({ success, error }: Result): boolean =>
  !success && !/^(unanswered|offline)$/.test(error?.code ?? "");

const refOf = (message: MessageRef | string): MessageRef =>
  typeof message === "string" ? { messageId: message } : message;

/** The ids under which the message may be known: its own, and back to the question, which has another turn before it. */
function idsOf({ messageId = "", messages = [] }: MessageRef): string[] {
  const ids = [messageId];
  let at = messages.findIndex(({ id }) => id === messageId);
  for (let role: string | undefined = "assistant"; at > 0 && role === "assistant";) {
    at -= 1;
    ids.push(messages[at]?.id ?? "");
    role = messages[at]?.role;
  }
  return ids;
}

/**
 * Remembers the traces of this client's messages from now on, and those of before. One memory a client: the first
 * call decides where it is kept.
 *
 * @param store the browser's `localStorage`, `sessionStorage`, or one of the app's own; null: the page's memory
 */
export function rememberMessages(
  client: LangfuseProxy,
  store: TextStore | null | undefined = defaultStore(),
): MessageMemory {
  const before = MEMORIES.get(client);
  if (before) return before;
  /** For a page that may store nothing. */
  const own = new Map<string, string>();

  /** By project and user: a user's older sessions are theirs as well. */
  const key = (): string => {
    const { owner = "[]" } = client.who();
    const [endpoint, publicKey, userId] = JSON.parse(owner) as string[];
    return PREFIX + sha256(JSON.stringify([endpoint, publicKey, userId])).slice(0, 16);
  };
  /** Many messages are looked up at each rendering; mostly nothing has changed. */
  let cached: { text: string; memory: Memory } = { text: "", memory: new Map() };
  const read = (): Memory => {
    let text: string | null | undefined;
    try {
      text = store?.getItem(key());
    } catch {
      // Storage may be forbidden.
    }
    text ??= own.get(key()) ?? "";
    if (text !== cached.text) cached = { text, memory: readMemory(text, Date.now()) };
    return cached.memory;
  };
  const write = (memory: Memory): void => {
    const text = writeMemory(memory);
    cached = { text, memory };
    own.set(key(), text);
    try {
      store?.setItem(key(), text);
    } catch {
      // It may be full.
    }
  };
  /** Keeps what turns have named, once it is known whose it is. */
  const gather = (): Memory => {
    const memory = read();
    const { owner } = client.who();
    let isNew = false;
    for (const [id, named] of owner === undefined ? [] : turnsOf(client).messages) {
      const { traceId } = named.trace;
      // What was named before a logout is not the next user's.
      if ((named.owner ?? owner) !== owner || memory.get(id)?.traceId === traceId) continue;
      remember(memory, id, traceId, Date.now());
      isNew = true;
    }
    if (isNew) write(memory);
    return memory;
  };
  /** The id under which a message is known, and what is known of it. */
  const find = (message: MessageRef | string) => {
    const memory = gather();
    for (const id of idsOf(refOf(message))) {
      const known = memory.get(id);
      const traceId = known?.traceId ?? turnsOf(client).messages.get(id)?.trace.traceId;
      if (traceId) return { id, traceId, given: known?.given ?? {} };
    }
    return { id: "", traceId: undefined, given: {} };
  };
  const keep = (change: (memory: Memory, now: number) => void): void => {
    const memory = gather();
    change(memory, Date.now());
    write(memory);
  };
  // A page that is reloaded finds what has ended before.
  turnsOf(client).closing.add(() => void gather());

  const memory: MessageMemory = {
    traceOf: (message) => refOf(message).traceId ?? find(message).traceId,
    givenTo: (message) => find(message).given,
    set: (messageId, traceId) => keep((all, now) => remember(all, messageId, traceId, now)),
    feedback: async (message, value, fields = {}) => {
      // Before that, nobody knows whose memory it is.
      if (client.who().owner === undefined) await client.flush();
      const { messageId, traceId: told } = refOf(message);
      if (told && messageId && find(messageId).traceId !== told) memory.set(messageId, told);
      const { id, traceId = told } = find(message);
      if (!traceId) return failed("unknown_message");
      const name = feedbackName(value, fields);
      keep((all, now) => rememberGiven(all, id, name, value, now));
      const result = await giveFeedback({ cut, sha256 }, client, traceId, value, fields);
      if (isRefused(result)) keep((all, now) => rememberGiven(all, id, name, undefined, now));
      return result;
    },
    did: (message, action, fields) => {
      const traceId = memory.traceOf(message);
      if (traceId) client.joinTrace(traceId).event({ ...fields, name: action });
      return !!traceId;
    },
  };
  MEMORIES.set(client, memory);
  return memory;
}

function defaultStore(): TextStore | undefined {
  try {
    return page.localStorage;
  } catch {
    // A page of an opaque origin may not even ask.
    return undefined;
  }
}
