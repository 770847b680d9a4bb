// The wire: what a client posts, schema first, the types inferred. The kinds of values are checked
// here, their meaning in edge/. Unknown keys pass, since clients send more than is read; values of
// users (input, output, metadata) are not looked into.
import * as z from "zod";
import { MAX_ID_LENGTH } from "./limits.ts";

export const ACTION_NAMES = [
  "create_trace",
  "update_trace",
  "end_trace",
  "create_span",
  "update_span",
  "end_span",
  "create_generation",
  "update_generation",
  "end_generation",
  "create_observation",
  "create_event",
  "create_score",
  "flush",
] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

/** Langfuse's rule; anything else would silently become `default`. */
export const ENVIRONMENT_NAME = /^(?!langfuse)[a-z0-9_-]{1,40}$/;

/** Empty text counts as absent: clients fill in `""` for what they don't have. */
const given = (value: string | number | boolean | null | undefined): string | undefined =>
  value === null || value === undefined || value === "" ? undefined : String(value);

const id = z
  .union([z.string(), z.number()], { error: "must be text or a number" })
  .nullish()
  .transform(given)
  .refine((text) => text === undefined || text.length <= MAX_ID_LENGTH, {
    error: `must be at most ${MAX_ID_LENGTH} characters`,
  });
/** A session's or a user's: it may be longer than any that is kept, which costs nobody the trace. */
const ownerId = z
  .union([z.string(), z.number()], { error: "must be text or a number" })
  .nullish()
  .transform(given);
const text = z
  .union([z.string(), z.number(), z.boolean()], { error: "must be text" })
  .nullish()
  .transform(given);
const flag = z.boolean({ error: "must be true or false" }).nullish();
const anything = z.unknown().optional();

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A request's body: many actions, or one with its fields beside the envelope's. */
export const wireEnvelope = z.looseObject(
  {
    // The items stay unread until their number is known.
    actions: z.custom<unknown[]>(Array.isArray, { error: "must be a list of actions" }).optional(),
    sessionId: ownerId,
    clientId: id,
    sentAt: anything,
    // What the browser library had to leave out, by reason.
    dropped: anything,
  },
  { error: "must be a JSON object" },
);

export const wireAction = z.looseObject(
  {
    action: z.enum(ACTION_NAMES, { error: `must be one of ${ACTION_NAMES.join(", ")}` }),
    data: z.custom<Record<string, unknown>>(isObject, { error: "must be an object" }).nullish(),
    id,
    seq: z.int({ error: "must be a whole number, 0 or more" }).nonnegative().nullish(),
    at: anything,
    deliver: flag,
  },
  { error: "must be an object with action and data" },
);
export type WireAction = z.output<typeof wireAction>;

const told = {
  name: text,
  startTime: anything,
  endTime: anything,
  timestamp: anything,
  input: anything,
  output: anything,
  metadata: anything,
  level: anything,
  statusMessage: anything,
  version: text,
  environment: text,
};

export const traceData = z.looseObject({
  traceId: id,
  id,
  ...told,
  sessionId: ownerId,
  userId: ownerId,
  tags: anything,
  release: text,
  public: flag,
});

export const observationData = z.looseObject({
  traceId: id,
  observationId: id,
  spanId: id,
  generationId: id,
  eventId: id,
  id,
  parentObservationId: id,
  parentSpanId: id,
  type: anything,
  ...told,
  model: text,
  modelParameters: anything,
  usage: anything,
  usageDetails: anything,
  costDetails: anything,
  completionStartTime: anything,
  promptName: text,
  promptVersion: text,
});
export type ObservationData = z.output<typeof observationData>;

/** Langfuse's score body. */
export const scoreData = z.looseObject({
  id,
  scoreId: id,
  traceId: id,
  observationId: id,
  sessionId: ownerId,
  name: text,
  value: z.union([z.number(), z.string(), z.boolean()], {
    error: "must be a number, text, or true or false",
  }),
  dataType: anything,
  comment: text,
  metadata: anything,
  configId: id,
  environment: text,
});

export const flushData = z.looseObject({ sessionId: ownerId, traceId: id, deliver: flag });
