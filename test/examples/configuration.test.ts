// What has to be configured is said in four files: each name in one of them is known to the others.
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";
import { DEFAULT_BASE_URL, readSettings } from "../../src/settings/index.ts";

/** Of a Worker's configuration as wrangler understands it, what is looked at here. */
interface Config {
  compatibility_date: string;
  compatibility_flags: string[];
  vars: Record<string, string>;
  durable_objects: { bindings: { name: string }[] };
  queues: { producers: { binding: string; queue: string }[]; consumers: { queue: string }[] };
  ratelimits: { name: string }[];
}
const production = unstable_readConfig({ config: "wrangler.toml" }) as Config;
const development = unstable_readConfig({ config: "wrangler.dev.toml" }) as Config;
const { cloudflare } = JSON.parse(readFileSync("package.json", "utf8")) as {
  cloudflare: { bindings: Record<string, { description: string }> };
};
const example = readFileSync(".dev.vars.example", "utf8");
const required = parseEnv(example);
const optional = parseEnv(example.replaceAll(/^# (?=[A-Z_]+=)/gm, ""));
/** Variables that wrangler.toml only shows, as comments. */
const shown = readFileSync("wrangler.toml", "utf8").matchAll(/^# ([A-Z_]+) = /gm);
const toml = readFileSync("wrangler.toml", "utf8");
const shownBindings = Array.from(toml.matchAll(/^# binding = "(\w+)"$/gm), ([, name = ""]) => name);
const shownVars = [...shown].map(([, name = ""]) => name);

/** All settings that are ever looked for, with everything asked for that asks for more. */
function knownSettings(): Set<string> {
  const known = new Set<string>();
  const given: Record<string, string> = {
    LANGFUSE_PUBLIC_KEY: "pk-lf-a",
    LANGFUSE_SECRET_KEY: "sk-lf-a",
    AUTH: "token, jwt, key",
    AUTH_JWKS_URL: "https://id.example.com/keys",
    AUTH_ISSUER: "https://id.example.com/",
    AUTH_AUDIENCE: "app",
  };
  readSettings(
    new Proxy(given, {
      get(target, name) {
        if (typeof name === "string") known.add(name);
        return Reflect.get(target, name) as unknown;
      },
    }),
  );
  return known;
}

function boundIn({ durable_objects, queues, ratelimits }: Config): string[] {
  const names: string[] = [
    ...durable_objects.bindings.map(({ name }) => name),
    ...queues.producers.map(({ binding }) => binding),
    ...ratelimits.map(({ name }) => name),
  ];
  return names.toSorted();
}

/** Bindings that the code takes, from their type. */
function bindingsOfCode(): { needed: string[]; all: string[] } {
  const source = readFileSync("src/bindings.ts", "utf8");
  const [, fields = ""] = /^export interface Env \{\n(.*?)^\}/ms.exec(source) ?? [];
  const found = [...fields.matchAll(/^ {2}(\w+)(\?)?:/gm)];
  const names = (some: typeof found): string[] => some.map(([, name = ""]) => name).toSorted();
  return { needed: names(found.filter(([, , mark]) => mark === undefined)), all: names(found) };
}

test("wrangler.toml binds what the code takes, and nothing else", () => {
  const { all, needed } = bindingsOfCode();
  expect(needed.length).toBeGreaterThan(0);
  // One that an account has to turn on first is only shown, as a comment.
  expect([...boundIn(production), ...shownBindings].toSorted()).toEqual(all);
  expect(boundIn(development)).toEqual([...needed, "LIVE", "METRICS", "SINK"].toSorted());
});

test("production and development run alike", () => {
  const same = ({ compatibility_date, compatibility_flags, queues }: Config) => ({
    compatibility_date,
    compatibility_flags,
    queues,
  });
  expect(same(development)).toEqual(same(production));
});

test("the consumer reads the queue that the producer's binding names", () => {
  const { producers, consumers } = production.queues;
  expect(consumers.map(({ queue }) => queue)).toEqual(producers.map(({ queue }) => queue));
});

test("every setting in wrangler.toml and .dev.vars.example is one that the code reads", () => {
  const known = knownSettings();
  expect(known.size).toBeGreaterThan(30);
  const named = [...Object.keys(production.vars), ...Object.keys(optional), ...shownVars];
  expect(shownVars).not.toEqual([]);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test("the deploy button asks for the keys, and for where they belong", () => {
  expect(required).toEqual({
    LANGFUSE_PUBLIC_KEY: "pk-lf-...",
    LANGFUSE_SECRET_KEY: "sk-lf-...",
    LANGFUSE_BASE_URL: DEFAULT_BASE_URL,
  });
  expect(readSettings(required)).toMatchObject({ problems: [], projects: { size: 1 } });
});

test("every secret of the code stands in .dev.vars.example", () => {
  const secrets = [...knownSettings()].filter((name) =>
    /SECRET|KEY$|PROJECTS|EXTRA_HEADERS/.test(name),
  );
  expect(Object.keys(optional).toSorted()).toEqual([...secrets, "LANGFUSE_BASE_URL"].toSorted());
});

test("the deploy button describes each binding, variable and secret that it asks for", () => {
  const askedFor = [
    ...boundIn(production),
    ...Object.keys(production.vars),
    ...Object.keys(required),
  ];
  expect(Object.keys(cloudflare.bindings).toSorted()).toEqual(askedFor.toSorted());
  for (const [name, { description }] of Object.entries(cloudflare.bindings)) {
    expect(description, name).toMatch(/^[A-Z].*\.$/);
  }
});
