// Which variant an id gets, made by an implementation in another language: every one of ours must come to the same.

export interface KnownAnswer {
  name: string;
  variants: string[];
  weights?: number[];
  id: string;
  variant: string;
}

const answers = (
  name: string,
  variants: string[],
  weights: number[] | undefined,
  byId: Record<string, string>,
): KnownAnswer[] =>
  Object.entries(byId).map(([id, variant]) => ({
    name,
    variants,
    ...(weights && { weights }),
    id,
    variant,
  }));

export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  ...answers("tone", ["plain", "friendly"], undefined, {
    ada: "friendly",
    "user@example.com": "plain",
    "": "friendly",
    Größe: "friendly",
    "😀": "plain",
    "u-7": "friendly",
    "u-8": "plain",
  }),
  ...answers("tone", ["plain", "friendly", "short"], [0.1, 0.2, 0.7], {
    "u-1": "short",
    "u-2": "short",
    "u-3": "short",
    "u-4": "short",
    "u-5": "friendly",
    "u-6": "short",
    "u-7": "short",
    "u-8": "friendly",
    "u-9": "plain",
    "u-10": "plain",
    "u-11": "short",
    "u-12": "short",
  }),
  ...answers("model", ["a", "b", "c", "d"], [1, 0, 3, 0.5], {
    "u-1": "c",
    "u-2": "c",
    "u-3": "c",
    "u-4": "c",
    "u-5": "c",
    "u-6": "c",
    "u-7": "d",
    "u-8": "a",
    "u-9": "c",
    "u-10": "d",
    "u-11": "a",
    "u-12": "c",
  }),
  ...answers("model", ["a", "b", "c"], undefined, {
    "u-1": "c",
    "u-2": "b",
    "u-3": "a",
    "u-4": "b",
    "u-5": "b",
    "u-6": "c",
    "u-7": "c",
    "u-8": "a",
  }),
  ...answers("model", ["only"], undefined, {
    ada: "only",
  }),
];
