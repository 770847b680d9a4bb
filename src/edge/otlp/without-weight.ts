// How many a sampled trace stands for is the edge's alone to say: sums of an exporter's weights would be anything. It is
// left out of spans and of what they share, under the metadata's own names or within metadata that is one value. Pure.
import type { AnyValue, KeyValue } from "../../otlp/types.ts";
import { WEIGHT_KEY } from "../../protocol/figures/score-labels.ts";
import { parseJsonText } from "../../protocol/json/json-text.ts";
import type { Note } from "../../protocol/json/safe.ts";
import { isObject } from "../../protocol/wire.ts";
import { WEIGHT_LEFT_OUT } from "../fields/read-metadata.ts";

const METADATA = ["langfuse.trace.metadata", "langfuse.observation.metadata"];
const KEYS: ReadonlySet<string> = new Set([
  WEIGHT_KEY,
  ...METADATA.map((holder) => `${holder}.${WEIGHT_KEY}`),
]);

export function withoutWeight(list: readonly KeyValue[], note: Note): KeyValue[] {
  return list.flatMap((attribute) => {
    const { key, value } = attribute;
    const kept = METADATA.includes(key) ? withoutMember(value) : value;
    const isOut = KEYS.has(key);
    if (isOut || kept !== value) note(WEIGHT_LEFT_OUT);
    if (isOut) return [];
    return kept === value ? [attribute] : [{ key, value: kept }];
  });
}

/** Metadata as JSON text, or as a list of keys. */
function withoutMember(value: AnyValue): AnyValue {
  if ("kvlistValue" in value) {
    const { values } = value.kvlistValue;
    const kept = values.filter(({ key }) => key !== WEIGHT_KEY);
    return kept.length < values.length ? { kvlistValue: { values: kept } } : value;
  }
  if (!("stringValue" in value)) return value;
  const { stringValue: text } = value;
  // A key may be written with escapes.
  if (!text.includes(WEIGHT_KEY) && !text.includes("\\u")) return value;
  const said = parseJsonText(text);
  if (!isObject(said) || !Object.hasOwn(said, WEIGHT_KEY)) return value;
  const { [WEIGHT_KEY]: _weight, ...rest } = said;
  return { stringValue: JSON.stringify(rest) };
}
