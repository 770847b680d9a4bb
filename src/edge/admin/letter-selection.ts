// Which dead letters a replay or a deletion means: all, those of a reason, or those that it names. Pure. Exactly
// one of the three, and nothing that is not understood: a deletion that reaches more than was meant can't be
// called back.
import * as z from "zod";
import type { RequestRefusal } from "../request-refusal.ts";
import { type LetterId, parseLetterId } from "./letter-id.ts";

/** Most letters that one request names. */
const MAX_IDS = 1_000;
const WORDS = {
  one: "must say exactly one of all (true), reason and ids",
  ids: `must be a list of 1 to ${MAX_IDS} ids of dead letters`,
  reason: "must be a reason, such as refused",
};

export type Selection =
  | { kind: "all" }
  | { kind: "reason"; reason: string }
  | { kind: "ids"; ids: LetterId[] };

const selectionBody = z.strictObject(
  {
    all: z.literal(true, { error: "must be true" }).optional(),
    reason: z
      .string({ error: WORDS.reason })
      .regex(/^[a-z][a-z_]{0,63}$/, { error: WORDS.reason })
      .optional(),
    ids: z
      .array(z.string({ error: WORDS.ids }), { error: WORDS.ids })
      .min(1)
      .max(MAX_IDS)
      .optional(),
  },
  { error: WORDS.one },
);

/** Of a replay's body. */
export function readSelection(body: unknown): Selection | RequestRefusal {
  const parsed = selectionBody.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const [field] = issue?.path ?? [];
    return field === undefined ? invalid(`the body ${WORDS.one}`) : invalidAt(String(field));
  }
  return selectionOf(parsed.data);
}

/** Of a deletion's parameters: `?all=true`, `?reason=…`, `?id=…&id=…`. */
export function readSelectionParams(params: URLSearchParams): Selection | RequestRefusal {
  const known = new Set(["all", "reason", "id"]);
  for (const name of params.keys()) {
    if (!known.has(name)) return invalid(`${name} is no parameter; there are all, reason and id`);
  }
  const [all, reason, ids] = [params.getAll("all"), params.getAll("reason"), params.getAll("id")];
  if (all.length > 1 || reason.length > 1) return invalid(`the request ${WORDS.one}`);
  return readSelection({
    ...(all.length > 0 && { all: all[0] === "true" ? true : all[0] }),
    ...(reason.length > 0 && { reason: reason[0] }),
    ...(ids.length > 0 && { ids }),
  });
}

function selectionOf({
  all,
  reason,
  ids,
}: z.output<typeof selectionBody>): Selection | RequestRefusal {
  const given = [all, reason, ids].filter((one) => one !== undefined);
  if (given.length !== 1) return invalid(`the request ${WORDS.one}`);
  if (ids !== undefined) {
    const parsed = ids.map(parseLetterId);
    const known = parsed.filter((id) => id !== undefined);
    return known.length === ids.length ? { kind: "ids", ids: known } : invalidAt("ids");
  }
  return reason === undefined ? { kind: "all" } : { kind: "reason", reason };
}

function invalidAt(field: string): RequestRefusal {
  const message = field === "ids" ? WORDS.ids : field === "reason" ? WORDS.reason : "must be true";
  return {
    code: "invalid_request",
    message: `${field} ${message}`,
    issues: [{ path: field, message }],
  };
}

function invalid(message: string): RequestRefusal {
  return { code: "invalid_request", message };
}
