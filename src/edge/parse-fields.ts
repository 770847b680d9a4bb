// Reads an object by its schema, but only the fields that are there. A schema as a whole looks at each
// field that it names, and most are absent from most actions; a Worker may not make code of it.
import type * as z from "zod";
import { MAX_ID_LENGTH } from "../protocol/limits.ts";
import { ANYTHINGS, isObject, TEXTS } from "../protocol/wire.ts";
import type { Issue } from "./request-refusal.ts";

export type Schema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

interface Plan {
  /** Fields that are looked at, by name. */
  checked: ReadonlyMap<string, z.ZodType>;
  /** Of those, the ones that can't be absent. */
  required: readonly string[];
}

const plans = new WeakMap<Schema, Plan>();

/** The same as the schema's own `safeParse`, for one that lets unknown keys pass. */
export function parseFields<S extends Schema>(
  schema: S,
  given: unknown,
): { data: z.output<S> } | { issues: Issue[] } {
  const data = isObject(given) ? read(given, planOf(schema)) : undefined;
  if (data !== undefined) return { data: data as z.output<S> };
  // What is wrong is told in the schema's order, not in the sender's.
  const issues = schema.safeParse(given).error?.issues ?? [];
  return { issues: issues.map(({ path, message }) => ({ path: path.join("."), message })) };
}

/** Undefined where a field is missing or wrong. */
function read(
  given: Readonly<Record<string, unknown>>,
  { checked, required }: Plan,
): Record<string, unknown> | undefined {
  if (required.some((name) => given[name] === undefined)) return undefined;
  const data: Record<string, unknown> = { ...given };
  for (const name in given) {
    const check = checked.get(name);
    if (check === undefined) continue;
    const value = given[name];
    if (isShort(value) && TEXTS.has(check)) continue;
    const parsed = check.safeParse(value);
    if (!parsed.success) return undefined;
    data[name] = parsed.data;
  }
  return data;
}

function isShort(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length <= MAX_ID_LENGTH;
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
