// POST /api/langfuse/token: a project's server, by its Basic keys, gets a session token for one of
// its pages. What is not understood is refused: a token that binds less than was meant lets more in.
import * as z from "zod";
import { DEFAULT_TOKEN_SECONDS, MAX_TOKEN_SECONDS } from "../protocol/limits.ts";
import { ACTION_NAMES } from "../protocol/wire.ts";
import { ownerOf, ownerTag } from "../protocol/ids.ts";
import { admit } from "./access/admit.ts";
import { isName } from "./access/bound-caller.ts";
import { type Answer, answerRefusal } from "./answers.ts";
import type { EdgeDeps } from "./edge-deps.ts";
import { present } from "./present.ts";
import { readBody } from "./read-body.ts";
import type { RequestBody } from "./request-body.ts";
import type { RequestRefusal } from "./request-refusal.ts";
import type { Tally } from "./tally.ts";

/** A few ids and names. */
const MAX_BYTES = 16_384;

const name = z.string().refine(isName, {
  error: "must be text of 1 to 200 characters, without control characters",
});
const tokenRequest = z.strictObject({
  sessionId: name,
  userId: name.nullish(),
  ttlSeconds: z.int().min(1).max(MAX_TOKEN_SECONDS).nullish(),
  actions: z.array(z.enum(ACTION_NAMES)).nullish(),
});

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
  tally: Tally,
  sent: RequestBody,
): Promise<Answer> {
  const caller = await admit(request, sent, MAX_BYTES, deps, tally);
  if ("refusal" in caller) return answerRefusal(caller.refusal);
  if (caller.writer !== "server") return answerRefusal(SERVERS_ONLY);
  const body = await readBody(request.headers, sent, MAX_BYTES);
  if ("refusal" in body) return answerRefusal(body.refusal);
  const parsed = tokenRequest.safeParse(body.value);
  if (!parsed.success) return answerRefusal(invalid(parsed.error));

  const { sessionId, userId, ttlSeconds, actions } = parsed.data;
  const life = ttlSeconds ?? DEFAULT_TOKEN_SECONDS;
  const bound = { sessionId, ...present({ userId: userId ?? undefined }) };
  const now = deps.now();
  const { project } = caller;
  const wanted = { ...bound, ttlSeconds: life, ...present({ actions: actions ?? undefined }) };
  const token = deps.auth.includes("token")
    ? await deps.tokens.sign(project, wanted, now)
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
  const issues = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  const message = issues.map((issue) => `${issue.path || "the body"}: ${issue.message}`).join("; ");
  return { code: "invalid_request", message, issues };
}
