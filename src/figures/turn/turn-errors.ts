// The errors of a trace's records. One failure is told several times (by the request, the generation and the
// trace, and perhaps by the page's error tracking): it counts once. Pure.
import type { ErrorFigures } from "../../protocol/figures/turn-figures.ts";
import { derivedId } from "../../protocol/ids.ts";
import { cut } from "./labels.ts";
import type { ObservationFacts } from "./observation-facts.ts";

const MAX_MESSAGE_LENGTH = 300;
const MAX_STACK_LENGTH = 2000;
const MAX_TYPE_LENGTH = 100;
/** Different errors of one turn; the rest is one more, of no words: what a turn tells waits in memory with many. */
const MAX_ERRORS = 16;
/** How often one of them came, at most: what a client says is no more to be believed. */
const MAX_COUNT = 1e9;
const FINGERPRINT = /^[0-9a-f]{16}$/;
/** An error's type at the beginning of a message. */
const TYPED = /^([A-Za-z_$][\w$.]*(?:Error|Exception)): ?/;

export function turnErrors(observations: readonly ObservationFacts[]): ErrorFigures[] {
  const failed = observations.filter(({ level }) => level === "ERROR");
  const told = failed.filter(({ metadata }) => FINGERPRINT.test(metadata("fingerprint") ?? ""));
  const groups = new Map<string, ErrorFigures>();
  for (const one of told) {
    const error = errorOf(one);
    const before = groups.get(error.fingerprint);
    const count = error.count + (before?.count ?? 0);
    groups.set(error.fingerprint, { ...(before ?? error), count });
  }
  const known = new Set(Array.from(groups.values(), ({ message }) => stableMessage(message)));
  for (const one of failed) {
    if (told.includes(one)) continue;
    const error = errorOf(one);
    if (known.has(stableMessage(error.message))) continue;
    const before = groups.get(error.fingerprint);
    // The copy with a stack says more.
    if (before === undefined || (before.stack === undefined && error.stack !== undefined)) {
      groups.set(error.fingerprint, error);
    }
  }
  return bounded([...groups.values()]);
}

function bounded(errors: readonly ErrorFigures[]): ErrorFigures[] {
  if (errors.length <= MAX_ERRORS) return [...errors];
  const count = errors.slice(MAX_ERRORS - 1).reduce((sum, one) => sum + one.count, 0);
  const message = "more errors of one turn than are told apart";
  const rest = { fingerprint: fingerprintOf(message), type: "Error", message, count };
  return [...errors.slice(0, MAX_ERRORS - 1), rest];
}

function errorOf({ statusMessage, name, exception, metadata }: ObservationFacts): ErrorFigures {
  const said = exception?.message ?? statusMessage ?? `${name} failed`;
  const [prefix = "", named] = TYPED.exec(said) ?? [];
  const type = ownText(metadata("type")) ?? exception?.type ?? named ?? "Error";
  const message = said.startsWith(`${type}: `)
    ? said.slice(type.length + 2)
    : said.slice(prefix.length);
  const stack = ownText(metadata("stack")) ?? exception?.stack;
  const given = metadata("fingerprint") ?? "";
  const count = Math.floor(Number(metadata("count") ?? 1));
  return {
    fingerprint: FINGERPRINT.test(given) ? given : fingerprintOf(message),
    type: cut(type, MAX_TYPE_LENGTH),
    message: cut(message, MAX_MESSAGE_LENGTH),
    ...(stack !== undefined && { stack: cut(stack, MAX_STACK_LENGTH) }),
    count: FINGERPRINT.test(given) && count >= 1 ? Math.min(count, MAX_COUNT) : 1,
  };
}

/** By the message alone: the copies of a failure have different names. */
function fingerprintOf(message: string): string {
  return derivedId("error", stableMessage(message)).slice(0, 16);
}

/** A message without what changes from time to time: addresses' paths, ids, numbers. */
function stableMessage(message: string): string {
  return cut(message, MAX_MESSAGE_LENGTH)
    .replaceAll(/(\bhttps?:\/\/[^/\s]+)\S*/g, "$1")
    .replaceAll(/\b(?=[\da-f-]*\d)[\da-f-]{8,}\b/gi, "0")
    .replaceAll(/\d+/g, "0");
}

function ownText(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
