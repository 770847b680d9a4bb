// The raw environment, checked once. No other room handles an absent or malformed setting again.
// A setting that is wrong is reported by its name, never by its value: it may be a secret.
import { DEFAULT_LOG_LEVEL, LOG_LEVELS, logFrom, type LogLevel } from "../log.ts";
import { type PrivacySetting, readPrivacy } from "../privacy/read-privacy.ts";
import type { TraceIdFormat } from "../protocol/ids.ts";
import { type AccessSettings, readAccess } from "./access.ts";
import { type AssemblySettings, readAssembly } from "./assembly.ts";
import { type DashboardSettings, readDashboard } from "./dashboard.ts";
import { readDeadLetterMs } from "./dead-letters.ts";
import { type LegacySetting, readLegacy } from "./legacy.ts";
import { type LimitSettings, readLimits, type SessionQuota } from "./limits.ts";
import { type PriceLookup, readModelPrices } from "./model-prices.ts";
import { type Project, type ProjectSettings, readProjects } from "./projects.ts";
import { jsonOf, type RawEnv, textOf } from "./read.ts";
import { readStorage, type StorageSetting } from "./storage.ts";
import { findUnknown } from "./unknown.ts";

export type { AssemblySettings, PriceLookup, Project, SessionQuota };
export { DEFAULT_BASE_URL } from "./projects.ts";

export interface Settings extends ProjectSettings {
  /** On each request to Langfuse. */
  extraHeaders: Readonly<Record<string, string>>;
  access: AccessSettings;
  /** Readers besides those with keys or a read token. */
  dashboard: DashboardSettings;
  limits: LimitSettings;
  assembly: AssemblySettings;
  traceIdFormat: TraceIdFormat;
  /** Prices of models; absent where Langfuse's own prices are to apply. */
  modelPrices?: PriceLookup;
  /** Masking and dropping, before anything is stored. */
  privacy: PrivacySetting;
  /** The treatment of requests to Langfuse's own paths. */
  legacy: LegacySetting;
  /** Within which borders sessions are stored. */
  storage: StorageSetting;
  /** The time for which dead letters are kept, ms. */
  deadLetterMs: number;
  /** Events of this level and above are written. */
  logLevel: LogLevel;
  /** Names of settings that could not be used, with what is wrong; for the log and health. */
  problems: readonly string[];
}

const cache = new WeakMap<object, Settings>();

/**
 * The settings of a Worker's environment, which is the same object as long as the isolate lives. Its
 * log obeys them from here on.
 */
export function settingsOf(env: object): Settings {
  const cached = cache.get(env);
  if (cached !== undefined) return cached;
  const settings = readSettings({ ...env });
  cache.set(env, settings);
  logFrom(settings.logLevel);
  return settings;
}

/** Reads an environment. Never throws: what is wrong is named in `problems`. */
export function readSettings(env: RawEnv): Settings {
  const problems: string[] = [];
  const { hidesUnread, bordersUnread } = findUnknown(env, problems);
  const privacy = readPrivacy(env, problems);
  const storage = readStorage(env, problems);
  const projects = readProjects(env, problems);
  const modelPrices = readModelPrices(env, problems);
  return {
    ...projects,
    extraHeaders: readHeaders(env, problems),
    limits: readLimits(env, problems),
    access: readAccess(env, projects, problems),
    dashboard: readDashboard(env, projects, problems),
    assembly: readAssembly(env, problems),
    traceIdFormat: readTraceIdFormat(env, problems),
    ...(modelPrices !== undefined && { modelPrices }),
    legacy: readLegacy(env, problems),
    privacy: hidesUnread ? { kind: "unusable" } : privacy,
    storage: bordersUnread ? { kind: "unusable" } : storage,
    deadLetterMs: readDeadLetterMs(env, problems),
    logLevel: readLogLevel(env, problems),
    problems,
  };
}

function readTraceIdFormat(env: RawEnv, problems: string[]): TraceIdFormat {
  const format = textOf(env, "TRACE_ID_FORMAT") ?? "derived";
  if (format === "derived" || format === "verbatim") return format;
  problems.push("TRACE_ID_FORMAT: must be derived or verbatim; using derived");
  return "derived";
}

function readLogLevel(env: RawEnv, problems: string[]): LogLevel {
  const given = textOf(env, "LOG_LEVEL")?.toLowerCase() ?? DEFAULT_LOG_LEVEL;
  const level = LOG_LEVELS.find((one) => one === given);
  if (level === undefined) {
    problems.push(`LOG_LEVEL: must be one of ${LOG_LEVELS.join(", ")}; using ${DEFAULT_LOG_LEVEL}`);
  }
  return level ?? DEFAULT_LOG_LEVEL;
}

function readHeaders(env: RawEnv, problems: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  const valid = new Headers();
  for (const [name, value] of Object.entries(jsonOf(env, "LANGFUSE_EXTRA_HEADERS", problems))) {
    try {
      if (typeof value !== "string") throw new TypeError("not text");
      valid.set(name, value);
      headers[name] = value;
    } catch {
      problems.push("LANGFUSE_EXTRA_HEADERS: each entry must be a header name and its text");
    }
  }
  return headers;
}
