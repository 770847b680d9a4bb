// The recordings have every type that the SDKs of today declare: what a newer one adds fails here until it is recorded.
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(path, "utf8");
const recorded = (names: string): string =>
  globSync(`test/unit/client/stream/recorded/${names}.ts`).map(read).join("\n");
const isRecordedIn = (text: string, type: string): boolean => text.includes(`type: "${type}"`);

test.each(["ai-5", "ai-6", "ai"])("every part of a UI message stream of %s", (name) => {
  const types = read(`node_modules/${name}/dist/index.d.ts`);
  const [, union = ""] = /type UIMessageChunk<([^]*?)type InferUIMessageChunk/.exec(types) ?? [];
  const parts = new Set(Array.from(union.matchAll(/type: '([a-z-]+)'/g), ([, type = ""]) => type));
  expect(parts.size).toBeGreaterThan(20);
  const all = recorded("ai-sdk-*");
  expect([...parts].filter((type) => !isRecordedIn(all, type))).toEqual([]);
  // An app's own parts have names of its own.
  expect(all).toContain('type: "data-');
});

const RESPONSES = read("node_modules/openai/resources/responses/responses.d.ts");

/** The type of the item that the declaration of this name is of; of one that extends another, that one's. */
function itemType(name: string): string | undefined {
  const [space, inner] = name.split(".");
  const from = inner ? RESPONSES.indexOf(`declare namespace ${space} {`) : 0;
  const indent = inner ? "    " : "";
  const begin = RESPONSES.indexOf(`interface ${inner ?? space} `, from);
  const text = RESPONSES.slice(begin, RESPONSES.indexOf(`\n${indent}}`, begin));
  const base = /^interface \w+ extends (\w+)/.exec(text)?.[1];
  return new RegExp(`\n {4}${indent}type: '([a-z_]+)'`).exec(text)?.[1] ?? (base && itemType(base));
}

test("every item of OpenAI's Responses", () => {
  const [, union = ""] = /export type ResponseOutputItem =([^;]*);/.exec(RESPONSES) ?? [];
  const types = union.split("|").map((name) => itemType(name.trim()));
  expect(types).not.toContain(undefined);
  expect(types.length).toBeGreaterThan(25);
  const all = recorded("openai-responses*");
  expect(types.filter((type) => !isRecordedIn(all, type ?? ""))).toEqual([]);
});

test("the versions that recordings name are the installed ones", () => {
  const named = recorded("*").matchAll(/\((openai|anthropic) (\d+\.\d+)[,)]/g);
  const packages = { openai: "openai", anthropic: "@anthropic-ai/sdk" };
  const versions = Array.from(named, ([, name, version]) => {
    const path = `node_modules/${packages[name as keyof typeof packages]}/package.json`;
    const { version: installed } = JSON.parse(read(path)) as { version: string };
    return [version, installed.split(".").slice(0, 2).join(".")];
  });
  expect(versions.length).toBeGreaterThan(1);
  for (const [version, installed] of versions) expect(version).toBe(installed);
});
