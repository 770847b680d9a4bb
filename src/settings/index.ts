// The raw environment, checked once. No other room handles an absent or malformed setting again.
// A setting that is wrong is reported by its name, never by its value: it may be a secret.
import { DEFAULT_LOG_LEVEL, LOG_LEVELS, logFrom, type LogLevel } from "../log.ts";
import { type PrivacySetting, readPrivacy } from "../privacy/read-privacy.ts";
import type { TraceIdFormat } from "../protocol/ids.ts";
import { ENVIRONMENT_NAME } from "../protocol/wire.ts";
import { type AccessSettings, readAccess } from "./access.ts";
import { type LimitSettings, readLimits, type SessionQuota } from "./limits.ts";
import { jsonOf, numberOf, type RawEnv, textOf } from "./read.ts";
import { readStorage, type StorageSetting } from "./storage.ts";
import { tokenSecretsOf } from "./token-secrets.ts";
import { findUnknown } from "./unknown.ts";

export type { SessionQuota };

/** One Langfuse project: where its records go and with which keys. */
export interface Project {
  publicKey: string;
  secretKey: string;
  /** Without a trailing slash and without user info. */
  baseUrl: string;
  /** What its session tokens are signed with: the current secret, then the one before it. */
  tokenSecrets?: readonly string[];
}

/** What decides how actions become records. Pinned in a session's journal while it has work. */
export interface AssemblySettings {
  /** Seal an open trace's complete observations when this many wait. */
  flushAt: number;
  /** … or when the first of them has waited this long, ms. */
  flushIntervalMs: number;
  traceIdleMs: number;
  openObservationIdleMs: number;
  environment?: string;
  release?: string;
}

export interface Settings {
  /** By public key; empty when nothing is configured. */
  projects: ReadonlyMap<string, Project>;
  /** The project of requests that name none: the one of LANGFUSE_PUBLIC_KEY, else the only one. */
  defaultProject?: Project;
  extraHeaders: Readonly<Record<string, string>>;
  access: AccessSettings;
  limits: LimitSettings;
  assembly: AssemblySettings;
  traceIdFormat: TraceIdFormat;
  /** What is masked and dropped before anything is stored. */
  privacy: PrivacySetting;
  /** Within which borders sessions are stored. */
  storage: StorageSetting;
  /** Complete keys of no use, since their base URL is none. */
  unusedKeys?: Pick<Project, "publicKey" | "secretKey">;
  /** The seed's five health fields read these. */
  configured: { publicKey: boolean; secretKey: boolean; baseUrl: string };
  /** What of its work a Worker writes a line about. */
  logLevel: LogLevel;
  /** Names of settings that could not be used, with what is wrong; for the log and health. */
  problems: readonly string[];
}

export const DEFAULT_BASE_URL = "https://cloud.langfuse.com";

/** A base URL without user info, query and trailing slash; undefined when it is no http(s) URL. */
function cleanBaseUrl(raw: string): string | undefined {
  if (!URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

const ENTRY_SECRETS = { current: "tokenSecret", previous: "previousTokenSecret" };
const OWN_SECRETS = { current: "AUTH_TOKEN_SECRET", previous: "AUTH_TOKEN_SECRET_PREVIOUS" };

function projectsOf(env: RawEnv, baseUrl: string, problems: string[]): Map<string, Project> {
  const projects = new Map<string, Project>();
  for (const [publicKey, raw] of Object.entries(jsonOf(env, "LANGFUSE_PROJECTS", problems))) {
    const entry = (typeof raw === "string" ? { secretKey: raw } : raw) as Record<string, unknown>;
    const secretKey = textOf(entry ?? {}, "secretKey");
    const url = cleanBaseUrl(textOf(entry ?? {}, "baseUrl") ?? baseUrl);
    if (secretKey === undefined || url === undefined) {
      problems.push("LANGFUSE_PROJECTS: an entry needs a secretKey and, if any, a valid baseUrl");
      continue;
    }
    const tokenSecrets = tokenSecretsOf(entry ?? {}, ENTRY_SECRETS, problems);
    projects.set(publicKey, { publicKey, secretKey, baseUrl: url, ...tokenSecrets });
  }
  return projects;
}

const known = new WeakMap<object, Settings>();

/**
 * The settings of a Worker's environment, which is the same object as long as the isolate lives. Its
 * log obeys them from here on.
 */
export function settingsOf(env: object): Settings {
  const before = known.get(env);
  if (before !== undefined) return before;
  const settings = readSettings({ ...env });
  known.set(env, settings);
  logFrom(settings.logLevel);
  return settings;
}

/** Reads an environment. Never throws: what is wrong is named in `problems`. */
export function readSettings(env: RawEnv): Settings {
  const problems: string[] = [];
  const { hidesUnread, bordersUnread } = findUnknown(env, problems);
  const privacy = readPrivacy(env, problems);
  const storage = readStorage(env, problems);
  const rawUrl =
    textOf(env, "LANGFUSE_BASE_URL") ??
    textOf(env, "LANGFUSE_BASEURL") ??
    textOf(env, "LANGFUSE_HOST") ??
    DEFAULT_BASE_URL;
  const baseUrl = cleanBaseUrl(rawUrl);
  if (baseUrl === undefined) {
    problems.push("LANGFUSE_BASE_URL: must be a URL that begins with https:// or http://");
  }

  const projects = projectsOf(env, baseUrl ?? DEFAULT_BASE_URL, problems);
  const publicKey = textOf(env, "LANGFUSE_PUBLIC_KEY");
  const secretKey = textOf(env, "LANGFUSE_SECRET_KEY");
  const keys = publicKey && secretKey ? { publicKey, secretKey } : undefined;
  if (keys !== undefined && baseUrl !== undefined) {
    projects.set(keys.publicKey, { ...keys, baseUrl });
  }
  if (keys === undefined && (publicKey ?? secretKey) !== undefined) {
    const missing = publicKey === undefined ? "LANGFUSE_PUBLIC_KEY" : "LANGFUSE_SECRET_KEY";
    if (publicKey === undefined || !projects.has(publicKey))
      problems.push(`${missing}: is missing`);
  }
  const only = projects.size === 1 ? [...projects.values()][0] : undefined;
  const defaultProject = publicKey === undefined ? only : (projects.get(publicKey) ?? only);
  if (defaultProject !== undefined) {
    Object.assign(defaultProject, tokenSecretsOf(env, OWN_SECRETS, problems));
  }

  const environment = textOf(env, "LANGFUSE_TRACING_ENVIRONMENT");
  if (environment !== undefined && !ENVIRONMENT_NAME.test(environment)) {
    problems.push(
      "LANGFUSE_TRACING_ENVIRONMENT: lower case letters, digits, - and _, at most 40, not beginning with langfuse",
    );
  }
  const release = textOf(env, "LANGFUSE_RELEASE");
  const format = textOf(env, "TRACE_ID_FORMAT") ?? "derived";
  if (format !== "derived" && format !== "verbatim") {
    problems.push("TRACE_ID_FORMAT: must be derived or verbatim; using derived");
  }
  const seconds = (name: string, fallback: number): number =>
    1000 * numberOf(env, name, fallback, { min: 0.05, max: 86_400 }, problems);

  return {
    projects,
    ...(defaultProject && { defaultProject }),
    ...(keys !== undefined && !projects.has(keys.publicKey) && { unusedKeys: keys }),
    extraHeaders: headersOf(env, problems),
    limits: readLimits(env, problems),
    access: readAccess(env, { projects, defaultProject }, problems),
    assembly: {
      flushAt: numberOf(env, "LANGFUSE_FLUSH_AT", 200, { min: 1, max: 10_000 }, problems),
      flushIntervalMs: seconds("LANGFUSE_FLUSH_INTERVAL", 60),
      traceIdleMs: seconds("TRACE_IDLE_SECONDS", 60),
      openObservationIdleMs: seconds("OPEN_OBSERVATION_IDLE_SECONDS", 1800),
      ...(environment !== undefined && ENVIRONMENT_NAME.test(environment) && { environment }),
      ...(release !== undefined && { release }),
    },
    traceIdFormat: format === "verbatim" ? "verbatim" : "derived",
    privacy: hidesUnread ? { kind: "unusable" } : privacy,
    storage: bordersUnread ? { kind: "unusable" } : storage,
    logLevel: readLogLevel(env, problems),
    configured: {
      publicKey: publicKey !== undefined || projects.size > 0,
      secretKey: secretKey !== undefined || projects.size > 0,
      baseUrl: baseUrl ?? "",
    },
    problems,
  };
}

function readLogLevel(env: RawEnv, problems: string[]): LogLevel {
  const given = textOf(env, "LOG_LEVEL")?.toLowerCase() ?? DEFAULT_LOG_LEVEL;
  const level = LOG_LEVELS.find((one) => one === given);
  if (level === undefined) {
    problems.push(`LOG_LEVEL: must be one of ${LOG_LEVELS.join(", ")}; using ${DEFAULT_LOG_LEVEL}`);
  }
  return level ?? DEFAULT_LOG_LEVEL;
}

function headersOf(env: RawEnv, problems: string[]): Record<string, string> {
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
