// A choice above a view. Only types.

export interface Option {
  value: string;
  label: string;
}

export type Field =
  | { kind: "select"; name: string; label: string; options: readonly Option[] }
  | { kind: "text"; name: string; label: string; placeholder: string }
  | { kind: "tick"; name: string; label: string };
