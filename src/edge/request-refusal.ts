import type { RequestRefusalCode } from "../protocol/refusals.ts";

export interface Issue {
  /** The place in the request, e.g. `data.endTime`. */
  path: string;
  message: string;
}

/** The refusal of a whole request. */
export interface RequestRefusal {
  code: RequestRefusalCode;
  message: string;
  issues?: Issue[];
  headers?: Readonly<Record<string, string>>;
}
