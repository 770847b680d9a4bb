// The house: which room may import which, and which rooms are pure, read from the source itself. Rooms
// stand in the order of the data's way; an import that this table does not allow turns the way round.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

interface Allowed {
  /** Rooms of ours; a room may always import itself. */
  rooms: readonly string[];
  /** Packages by name, `node:` and `cloudflare:` for the platform's. */
  packages: readonly string[];
}

/** The one table: a new room is a new line. */
const MAY_IMPORT: Readonly<Record<string, Allowed>> = {
  log: { rooms: [], packages: [] },
  protocol: { rooms: [], packages: ["zod", "node:"] },
  otlp: { rooms: ["protocol"], packages: ["@bufbuild/protobuf", "node:"] },
  privacy: { rooms: ["protocol", "settings"], packages: [] },
  settings: { rooms: ["log", "protocol", "privacy"], packages: [] },
  bindings: { rooms: ["protocol", "settings"], packages: [] },
  objects: { rooms: ["bindings", "settings"], packages: [] },
  figures: { rooms: ["protocol", "otlp"], packages: [] },
  metrics: { rooms: ["log", "protocol", "figures"], packages: ["cloudflare:"] },
  langfuse: {
    rooms: ["log", "protocol", "otlp", "settings"],
    packages: ["@langfuse/core", "node:"],
  },
  edge: {
    rooms: ["log", "protocol", "otlp", "privacy", "settings", "outcomes", "figures"],
    packages: ["hono", "jose", "zod", "node:"],
  },
  session: {
    rooms: ["log", "protocol", "settings", "bindings", "objects"],
    packages: ["cloudflare:", "node:"],
  },
  delivery: {
    rooms: ["log", "protocol", "settings", "langfuse", "outcomes", "figures"],
    packages: [],
  },
  live: {
    rooms: ["log", "protocol", "settings", "bindings", "objects"],
    packages: ["cloudflare:"],
  },
  outcomes: { rooms: ["log", "protocol"], packages: ["cloudflare:"] },
  hooks: { rooms: ["log", "protocol", "otlp", "langfuse"], packages: [] },
  server: { rooms: ["client"], packages: [] },
  client: { rooms: ["protocol"], packages: ["react"] },
  dashboard: { rooms: ["protocol"], packages: ["uplot"] },
  stopping: { rooms: [], packages: ["node:"] },
  serve: {
    rooms: ["log", "protocol", "settings", "bindings", "session", "index", "stopping"],
    packages: ["cloudflare:", "node:"],
  },
  cli: { rooms: ["protocol", "privacy", "settings", "serve"], packages: ["node:"] },
  publish: { rooms: ["dashboard", "serve"], packages: ["esbuild", "smol-toml", "node:"] },
  "dev/sink": {
    rooms: ["log", "protocol", "otlp", "bindings"],
    packages: ["hono", "zod", "cloudflare:", "node:"],
  },
  "dev/pages": {
    rooms: ["protocol", "client", "otlp", "dashboard", "dev/sink"],
    packages: ["hono"],
  },
  "dev/demo": {
    rooms: ["protocol", "client", "otlp", "settings", "dev/sink", "dev/pages"],
    packages: ["hono", "@hono/node-server", "@langfuse/", "@opentelemetry/", "node:"],
  },
  "dev/traffic": { rooms: ["protocol"], packages: ["node:"] },
  "dev/command": {
    rooms: ["settings", "publish", "stopping", "dev/sink", "dev/demo", "dev/pages"],
    packages: ["esbuild", "node:"],
  },
};
/** The hosts put rooms together; nothing imports them. */
const HOSTS: ReadonlySet<string> = new Set(["index", "dev", "compose", "worker"]);

/** Pure: no clock, no chance, no I/O. `now` and what is random are arguments. */
const PURE = [
  "protocol",
  "otlp",
  "privacy",
  "figures",
  "edge/interpret",
  "edge/fields",
  "edge/legacy/events",
  "session/assembly",
  "session/outbox",
  "session/quota",
  "session/dedup",
  "session/erasure",
  "session/spans",
  "dashboard/format",
  "dashboard/figures",
  "dashboard/stats",
];
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|fetch)\b\(?/;

/** A folder with more files than this is more than one room. */
const MAX_FILES = 16;

const ROOT = join(import.meta.dirname, "../../../src");
const FILES = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((path) =>
  /\.tsx?$/.test(path),
);
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "dev" ? `dev/${second}` : first.replace(/\.tsx?$/, "");
}

const IMPORT =
  /^(?:import|export)\b[^;]*?\bfrom "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gms;
const importsIn = (text: string): string[] =>
  Array.from(text.matchAll(IMPORT), ([, from, bare, called]) => from ?? bare ?? called ?? "");

/** What is wrong with this import of a file; undefined where it is allowed. */
function offence(path: string, specifier: string): string | undefined {
  const room = roomOf(path);
  if (HOSTS.has(room)) return undefined;
  const allowed = MAY_IMPORT[room];
  if (allowed === undefined) return `${path}: ${room} is no room of the table`;
  const { rooms, packages } = allowed;
  const fine = specifier.startsWith(".")
    ? [room, ...rooms].includes(
        roomOf(relative(ROOT, normalize(join(ROOT, dirname(path), specifier)))),
      )
    : packages.some(
        (name) =>
          specifier === name || specifier.startsWith(/[:/]$/.test(name) ? name : `${name}/`),
      );
  if (fine) return undefined;
  return `${path} imports ${specifier}; ${room} may import ${[...rooms, ...packages].join(", ")}`;
}

describe("the house", () => {
  it("has rooms that import only what the table allows", () => {
    const offences = FILES.flatMap((path) =>
      importsIn(read(path)).flatMap((specifier) => offence(path, specifier) ?? []),
    );
    expect(offences).toEqual([]);
  });

  it("sees each way of importing, and what is not allowed", () => {
    const text =
      'import type {\n  A,\n} from "./a.ts";\nexport * from "b";\nimport "c";\nimport("d");';
    expect(importsIn(text)).toEqual(["./a.ts", "b", "c", "d"]);
    expect(offence("edge/app.ts", "../session/session.ts")).toContain("edge may import");
    expect(offence("session/journal/rebuild.ts", "../../index.ts")).toContain("may import");
    expect(offence("client/chat.ts", "zod")).toContain("client may import protocol, react");
    expect(offence("attic/box.ts", "hono")).toContain("attic is no room");
    expect(offence("edge/app.ts", "hono/router")).toBeUndefined();
  });

  it("has pure rooms without a clock, chance or I/O", () => {
    const impure = FILES.filter((path) => PURE.some((room) => path.startsWith(`${room}/`))).filter(
      (path) => IMPURE.test(read(path).replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, "")),
    );
    expect(impure).toEqual([]);
  });

  it("has no folder with more files than one idea needs", () => {
    const counts = new Map<string, number>();
    for (const path of FILES) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([]);
  });
});
