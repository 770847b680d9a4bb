// Whatever was thrown, as text: its type, message and stack, and those of what it was caused by. Bounded, and
// safe from errors that fail to be read themselves. Pure.
import { cut } from "../send/cut.ts";

/** One error; lengths are bounded. */
export interface ErrorText {
  /** `TypeError`; of what is no error, what it is: `string`, `Object`. */
  type: string;
  message: string;
  stack?: string;
}

/** An error behind another: `cause`, `cause.cause`, `errors[0]` … */
export interface CauseText extends ErrorText {
  path: string;
}

export interface ErrorDescription extends ErrorText {
  /** Those behind it, the nearest first. */
  causes: CauseText[];
}

const MAX_MESSAGE_LENGTH = 1000;
const MAX_STACK_LENGTH = 6000;
/** Of a cause, which mostly repeats the stack of what it caused. */
const MAX_CAUSE_STACK_LENGTH = 2000;
const MAX_CAUSES = 8;
const MAX_ERRORS = 5;

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** A field's value; a getter may throw, and so may a proxy. */
const field = (value: unknown, name: string): unknown =>
  quietly(() => (Object(value) as Record<string, unknown>)[name]);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The type of what is no error: its class. */
function kindOf(value: unknown): string {
  if (Object(value) !== value) return value === null ? "null" : typeof value;
  return text(field(field(value, "constructor"), "name")) || "Object";
}

/** The words of what is no error. */
function wordsOf(value: unknown): string {
  const said = quietly(() => String(value)) ?? "[unreadable]";
  if (!said.startsWith("[object")) return said;
  const type = text(field(value, "type"));
  return (type || quietly(() => JSON.stringify(value))) ?? said;
}

function textOf(value: unknown, maxStack: number): ErrorText {
  const name = text(field(value, "name"));
  const message = field(value, "message");
  const stack = cut(text(field(value, "stack")), maxStack);
  // Errors of other frames and of libraries are no instances of this page's.
  const isError = typeof message === "string" && (!!name || !!stack);
  return {
    type: cut((isError && name) || kindOf(value), 100),
    message: cut(text(message) || (isError ? "" : wordsOf(value)), MAX_MESSAGE_LENGTH),
    ...(stack && { stack }),
  };
}

/** Errors may cause each other in a ring; each is told once. */
export function describeError(value: unknown): ErrorDescription {
  const causes: CauseText[] = [];
  const told = new Set<unknown>([value]);
  const queue: [unknown, string][] = [[value, ""]];
  for (const [error, path] of queue) {
    const cause = field(error, "cause");
    const errors = field(error, "errors");
    const behind: [unknown, string][] =
      cause === undefined || cause === null ? [] : [[cause, "cause"]];
    if (Array.isArray(errors)) {
      errors.slice(0, MAX_ERRORS).forEach((one: unknown, i) => behind.push([one, `errors[${i}]`]));
    }
    for (const [one, name] of behind) {
      if (causes.length >= MAX_CAUSES || told.has(one)) continue;
      told.add(one);
      const where = path ? `${path}.${name}` : name;
      causes.push({ path: where, ...textOf(one, MAX_CAUSE_STACK_LENGTH) });
      if (Object(one) === one) queue.push([one, where]);
    }
  }
  return { ...textOf(value, MAX_STACK_LENGTH), causes };
}
