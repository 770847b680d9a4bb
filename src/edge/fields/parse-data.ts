import type * as z from "zod";
import { findTypo } from "./typo.ts";
import { parseFields, type Schema } from "./parse-fields.ts";
import { Refused } from "../interpret/refused.ts";

/** An action's data by its schema: fields of the wrong kind and sure mistakes are refused by name. */
export function parseData<S extends Schema>(
  schema: S,
  data: Readonly<Record<string, unknown>>,
): z.output<S> {
  const parsed = parseFields(schema, data);
  if ("issues" in parsed) {
    const { path = "", message = "is invalid" } = parsed.issues[0] ?? {};
    throw new Refused("invalid_data", `${path}: ${message}`, `data.${path}`);
  }
  const mistake = findTypo(data, schema.shape);
  if (mistake !== undefined) {
    throw new Refused(
      "invalid_data",
      `${mistake.field}: unknown, probably ${mistake.meant} is meant`,
      `data.${mistake.field}`,
    );
  }
  return parsed.data;
}
