// What an observation says of the experiments that its turn is part of: a tag to filter by, metadata to
// group by, and the same in the baggage, for a backend's half of the trace. Pure.
import { cut } from "../send/cut.ts";

/** The variant of each experiment, by the experiment's name. */
export type Variants = Record<string, string | number | boolean | undefined>;
/** Variants, or a function that is asked at each turn. */
export type Experiments = Variants | (() => Variants | undefined);

export interface ExperimentLabels {
  /** `tone:friendly` */
  tags: string[];
  /** `experiment_tone`: `friendly` */
  metadata: Record<string, string>;
  /** The same, by the names under which Langfuse's SDKs copy them to a backend's observations. */
  baggage: Record<string, string>;
}

/** The most characters of a name or a variant. */
const MAX_LENGTH = 60;
/** A longer baggage could make a server refuse the chat request. */
const MAX_BAGGAGE_LENGTH = 2000;

/** Langfuse's SDKs take tags apart at commas. */
const word = (text: unknown): string => cut(String(text), MAX_LENGTH).replaceAll(",", ";");

/** Never throws: an app's function that fails takes part in nothing. */
export function experimentLabels(experiments: Experiments = {}): ExperimentLabels {
  const tags: string[] = [];
  const metadata: ExperimentLabels["metadata"] = {};
  const baggage: ExperimentLabels["baggage"] = {};
  try {
    const all = typeof experiments === "function" ? experiments() : experiments;
    for (const [name, variant] of Object.entries(all ?? {})) {
      // A user who takes part in no variant is no part of the experiment.
      if (variant === undefined) continue;
      const key = `experiment_${word(name).replaceAll(/[^\w.-]/g, "_")}`;
      tags.push(`${word(name)}:${word(variant)}`);
      baggage["langfuse_tags"] = tags.join();
      baggage[`langfuse_metadata_${key}`] = metadata[key] = word(variant);
    }
  } catch {
    // What was read until then stays.
  }
  const isShort = encodeURIComponent(JSON.stringify(baggage)).length < MAX_BAGGAGE_LENGTH;
  return { tags, metadata, baggage: isShort ? baggage : {} };
}
