// Two records refused alone in the same words and nothing of their kind taken: before the request is blamed
// for it, records from elsewhere are posted alone. Two bad neighbours are not everybody. No I/O.
import type { NotTaken } from "./blame.ts";
import type { Batch } from "../pack.ts";

/** Records from elsewhere that are posted alone before the request itself is blamed. */
const SAMPLES = 3;

export class Sampling {
  /** Samples still to be refused before the request is blamed; undefined while nobody suspects it. */
  #left: number | undefined;

  /** Takes samples out of the work where the request comes under suspicion. */
  begin(work: Batch[], notTaken: readonly NotTaken[]): Batch[] {
    if (this.#left !== undefined || repeatedWords(notTaken) === undefined) return [];
    const samples = takeSamples(work, SAMPLES);
    this.#left = samples.length;
    return samples;
  }

  refused(): void {
    if (this.#left !== undefined) this.#left -= 1;
  }

  /** The samples were refused too, or there are none: the request itself is at fault. */
  get blamesRequest(): boolean {
    return this.#left !== undefined && this.#left <= 0;
  }
}

/** The words in which two records, or more, were refused. */
export function repeatedWords(notTaken: readonly NotTaken[]): string | undefined {
  const words = notTaken
    .filter(({ how, about }) => how === "refused" && about !== "record")
    .map(({ message }) => message);
  return words.find((message, index) => words.indexOf(message) !== index);
}

/** Takes up to `count` records out of the batches, from the end and from between, each to be posted alone. */
function takeSamples(work: Batch[], count: number): Batch[] {
  const all = work.flatMap(({ kind, records }) => records.map((record) => ({ kind, record })));
  const places = Array.from({ length: count }, (_, n) =>
    Math.floor(((all.length - 1) * (count - n)) / count),
  );
  const samples = [...new Set(places)].flatMap((place) => all[place] ?? []);
  const taken = new Set(samples.map(({ record }) => record));
  for (const batch of work) batch.records = batch.records.filter((record) => !taken.has(record));
  return samples.map(({ kind, record }) => ({ kind, records: [record] }));
}
