// The question of a chat request, whatever its body is made of. The page's own body is never consumed, and
// nothing waits for the reading: it may be done after the answer has begun.

import { lent } from "./lent.ts";
import { parseWithoutFiles } from "./media.ts";

/** A larger body is not looked into: it holds files, and reading it would burden the page. */
const MAX_BODY_BYTES = 5e6;

export interface Asked {
  input?: unknown;
  model?: string;
  /** The words of the AI SDK's chat on its request, where there are any. */
  metadata?: Record<string, unknown>;
  /** Of the last message, where the chat library gives it one. */
  messageId?: string;
}

interface Fields {
  id?: unknown;
  trigger?: unknown;
  messageId?: unknown;
  model?: unknown;
  messages?: unknown;
  contents?: unknown;
  input?: unknown;
  prompt?: unknown;
  message?: unknown;
  question?: unknown;
}

const parsed = (text: unknown): unknown => {
  try {
    return parseWithoutFiles(text as string);
  } catch {
    return text;
  }
};

const fieldOf = (value: string | Blob): unknown => {
  if (typeof value !== "string") return lent.placeholder(value.type, value.size);
  return /^\s*[[{]/.test(value) ? parsed(value) : value;
};

/** A form as an object; what it has several times is a list, and JSON in it is what it says. */
function fieldsOf(form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    [...form.keys()].map((name) => {
      const all = form.getAll(name).map(fieldOf);
      return [name, all.length > 1 ? all : all[0]];
    }),
  );
}

/** The last message of a request's body, and the model that it names. */
export function askedBy(body: unknown): Asked {
  const said = typeof body === "string" ? parsed(body) : body;
  if (typeof said !== "object" || said === null) return said === undefined ? {} : { input: body };
  const {
    id: chatId,
    trigger,
    messageId: requestMessageId,
    model,
    messages,
    contents,
    input,
    prompt,
    message,
    question,
  } = said as Fields;
  const asked = messages ?? contents ?? input ?? prompt ?? message ?? question;
  const last: unknown = Array.isArray(asked) ? asked.at(-1) : asked;
  const { content, parts, id } = Object(last) as Record<"content" | "parts" | "id", unknown>;
  return {
    input: content ?? parts ?? last ?? said,
    ...(typeof model === "string" && { model }),
    ...(typeof chatId === "string" &&
      messages !== undefined && {
        metadata: { chatId, trigger, requestMessageId },
      }),
    ...(typeof id === "string" && { messageId: id }),
  };
}

/** Of a body that is no text: `request` has a copy of it, made before it was sent. Rejects where it cannot be read. */
export async function requestInput(request: Request | Response): Promise<Asked> {
  if (/form/.test(request.headers.get("content-type") ?? "")) {
    return askedBy(fieldsOf(await request.formData()));
  }
  const blob = await request.blob();
  const { type, size } = blob;
  if (!size) return {};
  return size > MAX_BODY_BYTES
    ? { input: lent.placeholder(type, size) }
    : askedBy(await blob.text());
}
