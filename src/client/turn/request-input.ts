// The question of a chat request, whatever its body is made of. The page's own body is never consumed, and
// nothing waits for the reading: it may be done after the answer has begun.

import { placeholder } from "../send/files.ts";
import { parseWithoutFiles } from "./media.ts";

/** A larger body is not looked into: it holds files, and reading it would burden the page. */
const MAX_BODY_BYTES = 5e6;

export interface Asked {
  input?: unknown;
  model?: string;
}

interface Fields {
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
  if (typeof value !== "string") return placeholder(value.type, value.size);
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
  const { model, messages, contents, input, prompt, message, question } = said as Fields;
  const asked = messages ?? contents ?? input ?? prompt ?? message ?? question;
  const last: unknown = Array.isArray(asked) ? asked.at(-1) : asked;
  const { content, parts } = Object(last) as { content?: unknown; parts?: unknown };
  return {
    input: content ?? parts ?? last ?? said,
    ...(typeof model === "string" && { model }),
  };
}

/** `body`: of the request's `init`. `copy`: of the request itself, made before it was sent. */
export async function requestInput(body: RequestInit["body"], copy?: Request): Promise<Asked> {
  if (typeof body === "string") return askedBy(body);
  // A stream can be read only once, and that is the request's.
  if (body instanceof ReadableStream) return {};
  // Made at once: the page may change its form or its bytes when they are sent.
  const request = body ? new Response(body) : copy;
  if (/form/.test(request?.headers.get("content-type") ?? "")) {
    return askedBy(fieldsOf((await request?.formData()) as FormData));
  }
  const blob = await request?.blob();
  if (!blob?.size) return {};
  const { type, size } = blob;
  return size > MAX_BODY_BYTES ? { input: placeholder(type, size) } : askedBy(await blob.text());
}
