// The attributes that Langfuse reads, each in the one form that it reads; of all others it is told. Pure.
import { attributesOf } from "../../../otlp/attributes.ts";
import type { Json } from "../../../protocol/json/safe.ts";
import { type FindingKind, readable } from "../inspect/finding.ts";

export const OBSERVATION = "langfuse.observation.";
export const TRACE = "langfuse.trace.";
/** Prefixes of metadata: one attribute a key. */
export const METADATA = { own: `${OBSERVATION}metadata.`, trace: `${TRACE}metadata.` };

/** Attributes that Langfuse reads, beside metadata. */
const READ = new Set(
  `environment release version internal.is_app_root trace.name trace.tags trace.public
  observation.type observation.input observation.output observation.level
  observation.status_message observation.model.name observation.model.parameters
  observation.usage_details observation.cost_details observation.completion_start_time
  observation.prompt.name observation.prompt.version`
    .split(/\s+/)
    .map((name) => `langfuse.${name}`),
);

/** Hears what Langfuse stores otherwise than it was written, without a word of its own. */
export type Tell = (
  kind: Extract<
    FindingKind,
    "unreadable_value" | "shadowed_metadata" | "bad_environment" | "unknown_type"
  >,
  message: string,
) => void;

/** The attributes of one span, by the form that each should have. */
export class AttributeReader {
  readonly #attributes: ReadonlyMap<string, Json>;
  readonly #tell: Tell;

  constructor(list: unknown, tell: Tell) {
    this.#attributes = attributesOf(list);
    this.#tell = tell;
    for (const key of this.#attributes.keys()) {
      if (!key.startsWith("langfuse.") || READ.has(key)) continue;
      if (Object.values(METADATA).some((prefix) => key.startsWith(prefix))) continue;
      this.#unreadable(key, "Langfuse reads no such attribute");
    }
  }

  #unreadable(key: string, problem: string): void {
    this.#tell("unreadable_value", `${readable(key, 100)}: ${problem}`);
  }

  /** A value of one form; whatever else stands there is told and not read. */
  as<T>(key: string, read: (value: Json) => T | undefined, form: string): T | undefined {
    const given = this.#attributes.get(key);
    if (given === undefined || given === null) return undefined;
    const value = read(given);
    if (value === undefined) this.#unreadable(key, `not ${form}`);
    return value;
  }

  text(key: string): string | undefined {
    return this.as(key, (value) => (typeof value === "string" ? value : undefined), "a string");
  }

  flag(key: string): boolean | undefined {
    return this.as(key, (value) => (typeof value === "boolean" ? value : undefined), "a flag");
  }

  json<T>(key: string, read: (text: string) => T | undefined, form: string): T | undefined {
    return this.as(key, (value) => (typeof value === "string" ? read(value) : undefined), form);
  }

  /** Metadata under a prefix, as its stored text. */
  under(prefix: string): Map<string, string> {
    const texts = [...this.#attributes]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), storedText(value)] as const);
    return new Map(texts);
  }

  /** Attributes of a foreign scope that Langfuse repeats in the metadata. */
  all(): Map<string, string> {
    const texts = [...this.#attributes].map(
      ([key, value]) => [`attributes.${key}`, storedText(value)] as const,
    );
    return new Map(texts);
  }
}

const storedText = (value: Json): string =>
  typeof value === "string" ? value : JSON.stringify(value);
