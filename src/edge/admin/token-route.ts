// POST /api/langfuse/token: a project's server, by its Basic keys, gets a session token for one of
// its pages. Anything not understood is refused: a token that binds less than was meant lets more in.
import * as z from "zod";
import { DEFAULT_TOKEN_SECONDS, MAX_ID_LENGTH, MAX_TOKEN_SECONDS } from "../../protocol/limits.ts";
import { ACTION_NAMES } from "../../protocol/wire.ts";
import { ownerOf, ownerTag } from "../../protocol/ids.ts";
import { asksToRead, exchangeCode, readTokenAnswer } from "../readers/read-token-route.ts";
import { authenticate } from "../access/authenticate.ts";
import { isName } from "../access/caller.ts";
import { type EdgeAnswer, answerRefusal } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { isBeacon, readBody } from "../read-body.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import type { RequestLog } from "../request-log.ts";

/** A few ids and names. */
const MAX_BYTES = 16_384;

/** Messages of our own: they quote neither what was sent nor a library. */
const WORDS = {
  name: `must be text of 1 to ${MAX_ID_LENGTH} characters, without control characters`,
  ttlSeconds: `must be a whole number from 1 to ${MAX_TOKEN_SECONDS}`,
  actions: `must be a list of ${ACTION_NAMES.join(", ")}`,
  fields: "may have sessionId, userId, ttlSeconds and actions, nothing else",
  object: "must be a JSON object",
};
const name = z.custom<string>(isName, { error: WORDS.name });
const tokenBody = z.strictObject(
  {
    sessionId: name,
    userId: name.nullish(),
    ttlSeconds: z
      .int({ error: WORDS.ttlSeconds })
      .min(1, { error: WORDS.ttlSeconds })
      .max(MAX_TOKEN_SECONDS, { error: WORDS.ttlSeconds })
      .nullish(),
    actions: z
      .array(z.enum(ACTION_NAMES, { error: WORDS.actions }), { error: WORDS.actions })
      .nullish(),
  },
  { error: ({ code }) => (code === "unrecognized_keys" ? WORDS.fields : WORDS.object) },
);

const SERVERS_ONLY: RequestRefusal = {
  code: "forbidden",
  message: "only servers get tokens, by Basic authorization with the project's keys",
};

const NO_TOKENS: RequestRefusal = {
  code: "auth_not_configured",
  message: "tokens need AUTH=token and a token secret of this project; health names the problem",
};

export async function postToken(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
  body: RequestBody,
): Promise<EdgeAnswer> {
  if (!request.headers.has("authorization") && !isBeacon(request.headers)) {
    const exchanged = await exchangeCode(request, deps, log, body);
    if (exchanged !== undefined) return exchanged;
  }
  const caller = await authenticate(request, body, MAX_BYTES, deps, log);
  if ("refusal" in caller) return answerRefusal(caller.refusal);
  if (caller.writer !== "server") return answerRefusal(SERVERS_ONLY);
  const json = await readBody(request.headers, body, MAX_BYTES);
  if ("refusal" in json) return answerRefusal(json.refusal);
  if (asksToRead(json.value)) return readTokenAnswer(json.value, caller.project, deps);
  const parsed = tokenBody.safeParse(json.value);
  if (!parsed.success) return answerRefusal(invalid(parsed.error));

  const { sessionId, userId, ttlSeconds, actions } = parsed.data;
  const life = ttlSeconds ?? DEFAULT_TOKEN_SECONDS;
  const bound = { sessionId, ...omitUndefined({ userId: userId ?? undefined }) };
  const now = deps.now();
  const { project } = caller;
  const tokenRequest = {
    ...bound,
    ttlSeconds: life,
    ...omitUndefined({ actions: actions ?? undefined }),
  };
  const token = deps.auth.includes("token")
    ? await deps.tokens.sign(project, tokenRequest, now)
    : undefined;
  if (token === undefined) return answerRefusal(NO_TOKENS);
  return {
    status: 200,
    body: {
      token,
      expiresAt: new Date((Math.floor(now / 1000) + life) * 1000).toISOString(),
      publicKey: project.publicKey,
      ...bound,
      ownerTag: ownerTag(project.publicKey, ownerOf(bound)),
    },
  };
}

function invalid(error: z.ZodError): RequestRefusal {
  // One issue a field, also for a list with many wrong entries: it may be long.
  const byField = new Map(
    error.issues.map(({ path, message }) => [String(path[0] ?? ""), message]),
  );
  const issues = [...byField].map(([path, message]) => ({ path, message }));
  const message = issues.map((issue) => `${issue.path || "the body"} ${issue.message}`).join("; ");
  return { code: "invalid_request", message, issues };
}
