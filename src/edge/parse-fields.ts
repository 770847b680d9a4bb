// Reads an object by its schema, but only the fields that are there. A schema as a whole looks at each
// field that it names, and most are absent from most actions; a Worker may not make code of it.
import type * as z from "zod";
import { MAX_ID_LENGTH } from "../protocol/limits.ts";
import { ANYTHINGS, TEXTS } from "../protocol/wire.ts";

export type Schema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;
type Given = Readonly<Record<string, unknown>>;

interface Plan {
  /** Fields that are looked at, by name. */
  checked: ReadonlyMap<string, z.ZodType>;
  /** Of those, the ones that can't be absent. */
  required: readonly string[];
}

/** What is wrong with a field, and where in it. */
export interface FieldIssue {
  path: string;
  message: string;
}

const plans = new WeakMap<Schema, Plan>();

/** The same as the schema's own `safeParse` of an object whose unknown keys pass; its first issue. */
export function parseFields<S extends Schema>(
  schema: S,
  given: Given,
): { data: z.output<S> } | { issue: FieldIssue } {
  const { checked, required } = planOf(schema);
  for (const name of required) {
    if (given[name] === undefined) return { issue: issueOf(name, checked, undefined) };
  }
  const data: Record<string, unknown> = { ...given };
  for (const name in given) {
    const check = checked.get(name);
    if (check === undefined) continue;
    const value = given[name];
    if (isShort(value) && TEXTS.has(check)) continue;
    const parsed = check.safeParse(value);
    if (!parsed.success) return { issue: issueOf(name, checked, value) };
    data[name] = parsed.data;
  }
  return { data: data as z.output<S> };
}

function isShort(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length <= MAX_ID_LENGTH;
}

function issueOf(name: string, checked: Plan["checked"], value: unknown): FieldIssue {
  const [issue] = checked.get(name)?.safeParse(value).error?.issues ?? [];
  return {
    path: [name, ...(issue?.path ?? [])].join("."),
    message: issue?.message ?? "is invalid",
  };
}

function planOf(schema: Schema): Plan {
  const known = plans.get(schema);
  if (known !== undefined) return known;
  const checked = new Map(
    Object.entries(schema.shape).filter(([, check]) => !ANYTHINGS.has(check)),
  );
  const required = [...checked].filter(([, check]) => !check.safeParse(undefined).success);
  const plan = { checked, required: required.map(([name]) => name) };
  plans.set(schema, plan);
  return plan;
}
