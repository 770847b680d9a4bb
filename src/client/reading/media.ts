// Files in what is asked.
import { lent } from "./lent.ts";

/** Parses JSON; of files in it only type and size. Throws as `JSON.parse` does. */
export const parseWithoutFiles = (json: string): unknown =>
  JSON.parse(json, function (this: object, _key, value: unknown) {
    return typeof value === "string" ? lent.withoutFiles(value, this) : value;
  });
