// Masks and drops what attributes, names and messages of spans hold, by the rules for actions. A value in which
// nothing is found stays as it is, of its own kind. Pure.
import { plainValue } from "../../otlp/attributes.ts";
import { taggedValue } from "../../otlp/safe-value.ts";
import type { KeyValue, Span, SpanEvent } from "../../otlp/types.ts";
import { uniqueNames } from "../../privacy/mask-json.ts";
import type { Privacy } from "../../privacy/privacy.ts";
import type { Json, Note } from "../../protocol/json/safe.ts";
import { type AttributeField, fieldOf, fieldOfEvent, metadataPrefix } from "./attribute-fields.ts";

export function cleanSpan(span: Span, privacy: Privacy, note: Note): Span {
  const clean = (list: readonly KeyValue[], as?: AttributeField): KeyValue[] =>
    cleanAttributes(list, privacy, note, as);
  const { message, ...status } = span.status;
  const kept = message && cleanText("statusMessage", message, privacy, note);
  return {
    ...span,
    name: cleanText("name", span.name, privacy, note),
    attributes: clean(span.attributes),
    ...(span.events && { events: span.events.map((event) => cleanEvent(event, privacy, note)) }),
    ...(span.links && {
      links: span.links.map(({ attributes, ...link }) => ({
        ...link,
        ...(attributes && { attributes: clean(attributes) }),
      })),
    }),
    status: { ...status, ...(kept && { message: kept }) },
  };
}

export function cleanAttributes(
  list: readonly KeyValue[],
  privacy: Privacy,
  note: Note,
  as?: AttributeField,
): KeyValue[] {
  const unique = uniqueNames();
  return list.flatMap((attribute) => {
    const clean = cleanAttribute(attribute, privacy, note, as);
    if (clean === undefined) return [];
    // Two keys that are masked alike stay two.
    const key = unique(clean.key);
    return [key === clean.key ? clean : { ...clean, key }];
  });
}

/** Masked, and never dropped. */
const NAMED = { root: "name" } as const;

function isCount({ value }: KeyValue): boolean {
  return "intValue" in value || "doubleValue" in value || "boolValue" in value;
}

function cleanAttribute(
  attribute: KeyValue,
  privacy: Privacy,
  note: Note,
  as?: AttributeField,
): KeyValue | undefined {
  const field = as ?? fieldOf(attribute.key);
  if (field === "plain" || (field === "program" && isCount(attribute))) return attribute;
  const { root, key }: Exclude<AttributeField, string> = field === "program" ? NAMED : field;
  const plain = plainValue(attribute.value);
  const data = { [root]: key === undefined ? plain : { [key]: plain } };
  const clean = privacy.clean(data, note);
  if (clean === data) return attribute;
  const value = clean[root] as Json | undefined;
  if (value === undefined) return undefined;
  if (key === undefined) return { key: attribute.key, value: taggedValue(value) };
  // All of the metadata was dropped: its members' names go too.
  if (typeof value !== "object" || value === null) return undefined;
  const [member] = Object.entries(value);
  if (member === undefined) return undefined;
  return { key: metadataPrefix(attribute.key) + member[0], value: taggedValue(member[1]) };
}

function cleanEvent(event: SpanEvent, privacy: Privacy, note: Note): SpanEvent {
  const { attributes } = event;
  return {
    ...event,
    name: cleanText("name", event.name, privacy, note),
    ...(attributes && {
      attributes: cleanAttributes(attributes, privacy, note, fieldOfEvent(event.name)),
    }),
  };
}

function cleanText(
  field: "name" | "statusMessage",
  text: string,
  privacy: Privacy,
  note: Note,
): string {
  const value = privacy.clean({ [field]: text }, note)[field];
  return typeof value === "string" ? value : "";
}
