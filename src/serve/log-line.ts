// Lines of the log: what the runtime prints, as one event a line, and how it is shown. Pure.
import { LOG_LEVELS, type LogLevel } from "../log.ts";
import type { LogFormat } from "./options/options.ts";

export interface LogRecord {
  level: LogLevel;
  event: string;
  [field: string]: string | number | boolean | undefined;
}

const MAX_LENGTH = 4000;

/** A line of workerd: the Worker's own are events as JSON within it, all others are told as they are. */
export function runtimeRecord(line: string): LogRecord {
  const outer = objectIn(line);
  if (outer === undefined) return { level: "warn", event: "runtime", message: cut(line) };
  const { level, message } = outer as { level?: unknown; message?: unknown };
  const text = typeof message === "string" ? message : JSON.stringify(message ?? "");
  const inner = objectIn(text);
  if (inner !== undefined && "event" in inner) {
    return { ...(inner as Omit<LogRecord, "level">), level: levelOf(level) } as LogRecord;
  }
  return { level: levelOf(level), event: "runtime", message: cut(text) };
}

/** `now`: epoch ms. */
export function logLine(record: LogRecord, format: LogFormat, now: number): string {
  const { level, event, ...fields } = record;
  const time = new Date(now).toISOString();
  if (format === "json") return JSON.stringify({ time, level, event, ...fields });
  const told = Object.entries(fields).filter(([, value]) => value !== undefined);
  const words = told.map(([name, value]) => `${name}=${shown(value)}`);
  return [time.slice(11, 19), level.padEnd(5), event, ...words].join(" ");
}

/** Without any of these texts. */
export function redacted(line: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, "…"), line);
}

function shown(value: unknown): string {
  const text = String(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function levelOf(level: unknown): LogLevel {
  const name = level === "log" ? "info" : level === "warning" ? "warn" : level;
  return LOG_LEVELS.find((one) => one === name) ?? "warn";
}

function objectIn(text: string): object | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH).toWellFormed()}…` : text;
}
