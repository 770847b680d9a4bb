// Every setting that the code reads stands in docs/configuration.md, and no other does.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LIMIT_BINDINGS } from "../../../src/protocol/rate-limits.ts";
import { DEFAULT_BASE_URL, readSettings } from "../../../src/settings/index.ts";

/** With these, no setting is passed over for want of another. */
const FULL = {
  LANGFUSE_PUBLIC_KEY: "pk-lf-1",
  LANGFUSE_SECRET_KEY: "sk-lf-1",
  AUTH: "token,jwt,key",
  AUTH_JWKS_URL: "https://keys.example/jwks",
  AUTH_ISSUER: "https://keys.example",
  AUTH_AUDIENCE: "app",
  ALLOWED_ORIGINS: "https://app.example",
  ...Object.fromEntries(Object.values(LIMIT_BINDINGS).map((name) => [name, { limit: () => {} }])),
};

/** The names that are read of an environment with these values. */
function namesRead(values: Readonly<Record<string, unknown>>): string[] {
  const names = new Set<string>();
  const seen = new Proxy(values, {
    get: (target, name) => {
      if (typeof name === "string") names.add(name);
      return Reflect.get(target, name) as unknown;
    },
  });
  readSettings(seen);
  return [...names];
}

const page = readFileSync("docs/configuration.md", "utf8");
const NAME = /`([A-Z][A-Z0-9_]*)`/g;
/** The names in the first column of the page's tables; the demo's are not the Worker's. */
const [ofWorker = "", ofDemo = ""] = page.split("## Of the demo only");
const documented = namesIn(ofWorker);

function namesIn(text: string): string[] {
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  const cells = rows.map((line) => line.split(" | ")[0] ?? "");
  return cells.flatMap((cell) => Array.from(cell.matchAll(NAME), ([, name = ""]) => name));
}

/** Bindings that are used as objects, and read as no setting. */
const BINDINGS = ["SESSION", "HEALTH", "LIVE", "CLAIMS", "METRICS", "ANALYTICS"];

test("every setting that is read stands on the page", () => {
  const read = [...new Set([...namesRead({}), ...namesRead(FULL)])];
  expect(read.length).toBeGreaterThan(30);
  expect(read.filter((name) => !documented.includes(name))).toEqual([]);
});

test("every setting on the page is read, and stands there once", () => {
  const read = new Set([...namesRead({}), ...namesRead(FULL), ...BINDINGS]);
  expect(documented.filter((name) => !read.has(name))).toEqual([]);
  expect(documented.filter((name, index) => documented.indexOf(name) !== index)).toEqual([]);
});

test("the defaults on the page are those of the code", () => {
  const { assembly, limits, logLevel, traceIdFormat, access } = readSettings({});
  const told = (name: string): string => {
    const row = ofWorker.split("\n").find((line) => line.startsWith(`| \`${name}\``)) ?? "";
    return (row.split(" | ")[1] ?? "").replaceAll("`", "");
  };
  const rates = Object.entries(limits.rates).map(
    ([name, { requests, seconds }]) => `${name}=${requests}/${seconds}`,
  );
  const defaults = {
    LANGFUSE_FLUSH_AT: `${assembly.flushAt}`,
    LANGFUSE_FLUSH_INTERVAL: `${assembly.flushIntervalMs / 1000}`,
    TRACE_IDLE_SECONDS: `${assembly.traceIdleMs / 1000}`,
    OPEN_OBSERVATION_IDLE_SECONDS: `${assembly.openObservationIdleMs / 1000}`,
    TRACE_ID_FORMAT: traceIdFormat,
    LOG_LEVEL: logLevel,
    ALLOW_CREDENTIALS: `${access.allowCredentials}`,
    MAX_BODY_BYTES: `${limits.bodyBytes}`,
    MAX_ACTIONS: `${limits.actions}`,
    SESSION_ACTIONS_PER_MINUTE: `${limits.session.actionsPerMinute}`,
    SESSION_BYTES_PER_MINUTE: `${limits.session.bytesPerMinute}`,
    RATE_LIMITS: rates.join(", "),
    LANGFUSE_BASE_URL: DEFAULT_BASE_URL,
  };
  const names = Object.keys(defaults);
  expect(Object.fromEntries(names.map((name) => [name, told(name)]))).toEqual(defaults);
});

test("what the demo reads stands there too", () => {
  expect(namesIn(ofDemo)).toEqual(["DEMO_WORD_MS"]);
});
