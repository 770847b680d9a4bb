import type * as z from "zod";
import { misspelled } from "./misspelled.ts";
import { Refused } from "./refused.ts";

type Schema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

/** An action's data by its schema: fields of the wrong kind and sure mistakes are refused by name. */
export function parseData<S extends Schema>(
  schema: S,
  data: Readonly<Record<string, unknown>>,
): z.output<S> {
  const parsed = schema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join(".") ?? "";
    throw new Refused("invalid_data", `${field}: ${issue?.message ?? "invalid"}`, `data.${field}`);
  }
  const mistake = misspelled(data, Object.keys(schema.shape));
  if (mistake !== undefined) {
    throw new Refused(
      "invalid_data",
      `${mistake.field}: unknown, probably ${mistake.meant} is meant`,
      `data.${mistake.field}`,
    );
  }
  return parsed.data;
}
