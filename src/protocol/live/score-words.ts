// Scores whose value is what somebody said or wrote, in Langfuse's types: it is a payload, as input and output are.

const WORDS: ReadonlySet<unknown> = new Set(["TEXT", "CORRECTION"]);

/** Stands in the place of such a value for those who may see no payloads. */
export const HIDDEN = "…";

export function isWords(dataType: unknown): boolean {
  return WORDS.has(dataType);
}
