// Limits that an operator may change. Those of a request can only be made stricter: the code is built
// for the defaults.
import {
  MAX_ACTIONS,
  MAX_BODY_BYTES,
  SESSION_ACTIONS_PER_MINUTE,
  SESSION_BYTES_PER_MINUTE,
} from "../protocol/limits.ts";
import { DEFAULT_RATE_LIMITS, type LimitName, type RateLimit } from "../protocol/rate-limits.ts";
import { listOf, numberOf, type RawEnv } from "./read.ts";

/** A session's quota of what pages send. */
export interface SessionQuota {
  actionsPerMinute: number;
  bytesPerMinute: number;
}

export interface LimitSettings {
  bodyBytes: number;
  actions: number;
  session: SessionQuota;
  /** As wrangler.toml sets its counters; for the answers to callers over them. */
  rates: Readonly<Record<LimitName, RateLimit>>;
}

const RATE = /^(owner|address|new)\s*=\s*(\d{1,9})\s*\/\s*(10|60)$/;

export function readLimits(env: RawEnv, problems: string[]): LimitSettings {
  const bytes = { min: 1024, max: MAX_BODY_BYTES };
  const actions = { min: 1, max: MAX_ACTIONS };
  return {
    bodyBytes: Math.floor(numberOf(env, "MAX_BODY_BYTES", MAX_BODY_BYTES, bytes, problems)),
    actions: Math.floor(numberOf(env, "MAX_ACTIONS", MAX_ACTIONS, actions, problems)),
    session: readQuota(env, problems),
    rates: readRates(env, problems),
  };
}

/** Any figure is allowed: one that is never reached means no quota. */
function readQuota(env: RawEnv, problems: string[]): SessionQuota {
  const any = { min: 1, max: 1e12 };
  const [actions, bytes] = ["SESSION_ACTIONS_PER_MINUTE", "SESSION_BYTES_PER_MINUTE"];
  return {
    actionsPerMinute: numberOf(env, actions, SESSION_ACTIONS_PER_MINUTE, any, problems),
    bytesPerMinute: numberOf(env, bytes, SESSION_BYTES_PER_MINUTE, any, problems),
  };
}

function readRates(env: RawEnv, problems: string[]): Record<LimitName, RateLimit> {
  const rates: Record<LimitName, RateLimit> = { ...DEFAULT_RATE_LIMITS };
  for (const text of listOf(env, "RATE_LIMITS")) {
    const [, name, requests, seconds] = RATE.exec(text) ?? [];
    if (name === undefined) {
      problems.push("RATE_LIMITS: must be such as owner=100/10, address=1000/10, new=120/60");
      continue;
    }
    rates[name as LimitName] = { requests: Number(requests), seconds: Number(seconds) };
  }
  return rates;
}
