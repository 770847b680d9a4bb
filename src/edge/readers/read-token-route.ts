// The part of POST /api/langfuse/token that is for readers: a server gets a read token, or a code that whoever has it
// exchanges for one, once. Anything not understood is refused.
import * as z from "zod";
import { describeError } from "../../log.ts";
import {
  CODE_SECONDS,
  DEFAULT_READ_TOKEN_SECONDS,
  MAX_READ_TOKEN_SECONDS,
  type ReadCodeBody,
  type ReadTokenBody,
} from "../../protocol/live/read-access.ts";
import { MAX_TOKEN_LENGTH } from "../../protocol/limits.ts";
import { isObject } from "../../protocol/wire.ts";
import type { Project } from "../../settings/index.ts";
import { NOT_CONFIGURED, tokenRefusal } from "../access/access-refusal.ts";
import { strangerPools } from "../access/body-pools.ts";
import { answerRefusal, type EdgeAnswer } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { readBody } from "../read-body.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { decodeProtectedHeader } from "jose";

/** A code has a few hundred bytes. */
const MAX_BYTES = 16_384;

const TTL = `must be a whole number from 1 to ${MAX_READ_TOKEN_SECONDS}`;
const readBodySchema = z.strictObject({
  scope: z.literal("read", { error: "must be read" }),
  ttlSeconds: z
    .int({ error: TTL })
    .min(1, { error: TTL })
    .max(MAX_READ_TOKEN_SECONDS, { error: TTL })
    .nullish(),
  once: z.boolean({ error: "must be true or false" }).nullish(),
});
const FIELDS = "a read token may have scope, ttlSeconds and once, nothing else";

const TOO_SHORT: RequestRefusal = {
  code: "auth_not_configured",
  message:
    "a read token needs a secret key, or an AUTH_TOKEN_SECRET, of at least 32 characters to be signed with",
};
const NO_CODES: RequestRefusal = {
  code: "unavailable",
  message: "a code can't be had just now, or LIVE is not bound; a token can, without once",
  headers: { "retry-after": "1" },
};

/** Whether a body asks for a read token. */
export function asksToRead(value: unknown): boolean {
  return isObject(value) && "scope" in value;
}

export async function readTokenAnswer(
  value: unknown,
  project: Project,
  deps: EdgeDeps,
): Promise<EdgeAnswer> {
  const parsed = readBodySchema.safeParse(value);
  if (!parsed.success) return answerRefusal(invalid(parsed.error));
  const { ttlSeconds, once } = parsed.data;
  const life = ttlSeconds ?? DEFAULT_READ_TOKEN_SECONDS;
  if (once !== true) return tokenFor(project, life, deps);
  if (deps.live === undefined) return answerRefusal(NO_CODES);
  const now = deps.now();
  const code = await deps.readTokens.signCode(project, crypto.randomUUID(), life, now);
  if (code === undefined) return answerRefusal(TOO_SHORT);
  const body: ReadCodeBody = {
    code,
    expiresAt: isoAfter(now, CODE_SECONDS),
    publicKey: project.publicKey,
    scope: "read",
  };
  return { status: 200, body: { ...body } };
}

/** Undefined where the body brings no code. */
export async function exchangeCode(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
  body: RequestBody,
): Promise<EdgeAnswer | undefined> {
  const [anyProject] = deps.settings.projects.values();
  if (anyProject === undefined) return answerRefusal(NOT_CONFIGURED.refusal);
  const stranger = { project: anyProject, writer: "browser" as const, owner: "anonymous" };
  const limited = await deps.rateLimiting.byCaller(stranger, request.headers);
  if (limited !== undefined) return answerRefusal(limited);
  body.countIn(strangerPools(request.headers));
  const json = await readBody(request.headers, body, MAX_BYTES);
  if ("refusal" in json || !isObject(json.value) || !("code" in json.value)) return undefined;
  const { code } = json.value;
  const text = typeof code === "string" && code.length <= MAX_TOKEN_LENGTH ? code : "";
  const verified = await deps.readTokens.verifyCode(text, kidOf(text), deps.now());
  if ("fault" in verified) {
    log.auth = verified.reason;
    return answerRefusal(tokenRefusal(verified).refusal);
  }
  const { project, id, until, ttlSeconds } = verified;
  log.project = project.publicKey;
  try {
    const isFirst = await deps.live?.(project.publicKey).redeem(id, until);
    if (isFirst === undefined) return answerRefusal(NO_CODES);
    if (!isFirst) {
      log.auth = "used";
      return answerRefusal(tokenRefusal({ fault: "expired", reason: "used" }).refusal);
    }
  } catch (error) {
    log.error = describeError(error);
    return answerRefusal(NO_CODES);
  }
  return tokenFor(project, ttlSeconds, deps);
}

async function tokenFor(project: Project, life: number, deps: EdgeDeps): Promise<EdgeAnswer> {
  const now = deps.now();
  const token = await deps.readTokens.sign(project, life, now);
  if (token === undefined) return answerRefusal(TOO_SHORT);
  const { publicKey } = project;
  const body: ReadTokenBody = { token, expiresAt: isoAfter(now, life), publicKey, scope: "read" };
  return { status: 200, body: { ...body } };
}

function isoAfter(now: number, seconds: number): string {
  return new Date((Math.floor(now / 1000) + seconds) * 1000).toISOString();
}

function kidOf(token: string): unknown {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

function invalid(error: z.ZodError): RequestRefusal {
  const issues = error.issues.map(({ path, message, code }) =>
    code === "unrecognized_keys"
      ? { path: "", message: FIELDS }
      : { path: String(path[0] ?? ""), message },
  );
  const message = issues.map((one) => `${one.path} ${one.message}`.trim()).join("; ");
  return { code: "invalid_request", message, issues };
}
