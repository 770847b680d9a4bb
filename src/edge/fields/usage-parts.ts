// Counts that are parts of others: each is taken out of its whole and stands beside it, so that no token is
// counted twice and each can have its own price. Pure.
import type { Side } from "./usage-names.ts";

export type Numbers = Map<string, number>;

/** Counts as they were read. */
export interface Read {
  /** `input`, `output`, `total`, and counts beside them. */
  counts: Numbers;
  /** Counts that `input` or `output` includes, by the names that they are written under. */
  parts: Record<Side, Numbers>;
  costs: Numbers;
  /** Sound that was cached: it is in both of these parts. */
  cachedAudio: number;
  /** Of what was written to a cache, what stays there for an hour: it costs more. */
  hourWrites: number;
}

const AUDIO = "input_audio_tokens";
const CACHE_WRITE = "input_cache_creation";
/** Kinds of content; what was cached, or written to a cache, has them too. */
const CONTENT = /^input_(audio|image|video|document|file)_tokens$/;

const sumOf = (numbers: Iterable<number>): number => {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
};

export function takeOut(read: Read): void {
  const { counts, parts } = read;
  const input = counts.get("input");
  const output = counts.get("output");
  const total = counts.get("total");
  splitWrites(read);
  withoutOverlap(read, input);
  const thought = parts.output.get("output_reasoning_tokens") ?? 0;
  const sum = (input ?? 0) + (output ?? 0);
  // xAI's output does not include its reasoning; the total shows it.
  const isThoughtBeside = thought > 0 && total === sum + thought;
  for (const side of ["input", "output"] as const) {
    for (const [name, count] of parts[side]) {
      const whole = counts.get(side);
      const isBeside = side === "output" && name === "output_reasoning_tokens" && isThoughtBeside;
      if (whole !== undefined && !isBeside) counts.set(side, Math.max(whole - count, 0));
      counts.set(name, count);
    }
  }
  // A total that is less than what it holds is that of a piece: LangChain's last chunk.
  if (total !== undefined && total < sum) counts.delete("total");
  const hasParts = sumOf(parts.input.values()) + sumOf(parts.output.values()) > 0;
  if (hasParts && !counts.has("total") && input !== undefined && output !== undefined) {
    counts.set("total", sumOf(counts.values()));
  }
}

/** Anthropic tells all writes, and how many of them are for an hour. */
function splitWrites({ counts, parts, hourWrites }: Read): void {
  const told = sumOf(["5m", "1h"].map((ttl) => parts.input.get(`${CACHE_WRITE}_${ttl}`) ?? 0));
  const all = parts.input.get(CACHE_WRITE);
  // LangChain has had both, the one in the other.
  if (all !== undefined && told > 0) parts.input.set(CACHE_WRITE, Math.max(all - told, 0));
  if (hourWrites === 0) return;
  for (const numbers of [counts, parts.input]) {
    for (const name of ["cache_creation_input_tokens", CACHE_WRITE]) {
      const writes = numbers.get(name);
      if (writes === undefined) continue;
      numbers.set(name, Math.max(writes - hourWrites, 0));
      numbers.set(`${CACHE_WRITE}_1h`, Math.min(writes, hourWrites));
      return;
    }
  }
}

/** What was cached keeps its count, since it is cheaper; of the content the rest is counted. */
function withoutOverlap({ parts: { input: parts }, cachedAudio }: Read, whole = Infinity): void {
  const audio = parts.get(AUDIO);
  if (audio !== undefined) parts.set(AUDIO, Math.max(audio - cachedAudio, 0));
  let excess = sumOf(parts.values()) - whole;
  for (const [name, count] of parts) {
    if (excess <= 0) return;
    if (!CONTENT.test(name)) continue;
    parts.set(name, Math.max(count - excess, 0));
    excess -= count;
  }
}
