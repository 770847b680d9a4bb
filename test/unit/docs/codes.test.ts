// Every error code, action and log event of the code stands in the docs, and no other does.
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  ACTION_NAMES,
  flushData,
  observationData,
  scoreData,
  traceData,
} from "../../../src/protocol/wire.ts";
import { OBSERVATION_TYPES } from "../../../src/protocol/change.ts";

const sources = globSync("src/**/*.ts").map((path) => readFileSync(path, "utf8"));

/** The section of a page behind this heading, up to the next of its rank. */
function section(path: string, heading: string): string {
  const [, behind = ""] = readFileSync(path, "utf8").split(`\n## ${heading}\n`);
  return behind.split("\n## ")[0] ?? "";
}

/** What stands in the first column of a section's tables, as code. */
function firstColumn(text: string): string[] {
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  return rows.flatMap((line) =>
    Array.from((line.split(" | ")[0] ?? "").matchAll(/`(\w+)`/g), ([, name = ""]) => name),
  );
}

const named = (text: string): string[] =>
  Array.from(text.matchAll(/`(\w+)`/g), ([, name = ""]) => name);

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].toSorted();

/** The texts of a union type, wherever it is declared. */
function union(name: string): string[] {
  const declaration = new RegExp(`export type ${name} =([^;]*);`);
  // A comment beside a member may hold a semicolon.
  const body = sources.flatMap(
    (text) => declaration.exec(text.replaceAll(/ +\/\/.*$/gm, ""))?.[1] ?? [],
  );
  expect(body).toHaveLength(1);
  return Array.from((body[0] ?? "").matchAll(/^\s*\| "(\w+)"/gm), ([, code = ""]) => code);
}

test("the error codes of actions and of requests are those on the page", () => {
  const [ofActions = "", ofRequests = ""] = section("docs/http-api.md", "Error codes").split(
    "Of a whole request:",
  );
  expect(sorted(firstColumn(ofActions))).toEqual(sorted(union("ActionRefusalCode")));
  expect(sorted(firstColumn(ofRequests))).toEqual(sorted(union("RequestRefusalCode")));
});

test("the log events are those on the page", () => {
  // The call's arguments up to its fields: the level, then the event, either of which may be a choice.
  const calls = sources.flatMap((text) =>
    Array.from(text.matchAll(/\b(?:log|logEvent|warn)\(([^{;]*)\{/g), ([, args = ""]) => args),
  );
  const texts = calls.flatMap((args) =>
    Array.from(args.matchAll(/"(\w+)"/g), ([, text = ""]) => text),
  );
  const events = texts.filter((text) => !["debug", "info", "warn", "error"].includes(text));
  expect(events.length).toBeGreaterThan(10);
  expect(sorted(firstColumn(section("docs/operations.md", "Log events")))).toEqual(sorted(events));
});

test("the classes of failed deliveries are those on the page", () => {
  const [, sentence = ""] =
    /^`class` of a delivery and of health's `last_error`: (.*?)\. /m.exec(
      section("docs/operations.md", "Log events"),
    ) ?? [];
  expect(sorted(named(sentence))).toEqual(sorted(union("FailureClass")));
});

test("the problems of delivery are those on the page", () => {
  const own = sources
    .filter((text) => text.includes("HealthProblem"))
    .flatMap((text) =>
      Array.from(text.matchAll(/(?:\bcode: |\bnewsOf\()"(\w+)"/g), ([, code = ""]) => code),
    );
  expect(own).toContain("queue_missing");
  const page = firstColumn(section("docs/operations.md", "Delivery problems"));
  expect(sorted(page)).toEqual(sorted([...own, ...union("FailureClass")]));
});

test("why somebody was not let in stands on the page, in the log's words", () => {
  const words = sources
    .filter((text) => /AccessRefusal|TokenFailure/.test(text))
    .flatMap((text) => Array.from(text.matchAll(/\breason: "(\w+)"/g), ([, word = ""]) => word));
  expect(words).toContain("secret_in_browser");
  const page = firstColumn(section("docs/operations.md", "Why somebody was not let in"));
  expect(words.filter((word) => !page.includes(word))).toEqual([]);
});

test("the kinds of a journal's entries are those on the page", () => {
  const kinds = sources.flatMap((text) =>
    Array.from(text.matchAll(/\bk: "(\w+)"/g), ([, kind = ""]) => kind),
  );
  expect(kinds).toContain("seal");
  const [, table = ""] = section("docs/architecture.md", "The journal's format").split("| `k` |");
  expect(sorted(firstColumn(table))).toEqual(sorted(kinds));
});

test("the actions and the types of observations are those on the page", () => {
  const [rows = ""] = section("docs/http-api.md", "Actions").split("\n\nOf several values");
  // Spans, generations and events have actions of their own.
  const types = OBSERVATION_TYPES.filter((type) => !/^(span|generation|event)$/.test(type));
  expect(sorted(named(rows))).toEqual(sorted([...ACTION_NAMES, ...types, "type"]));
});

test("every field that is read of an action's data stands on the page", () => {
  const onPage = named(section("docs/http-api.md", "Data"));
  const fields = [traceData, observationData, scoreData, flushData].flatMap(({ shape }) =>
    Object.keys(shape),
  );
  expect(fields.length).toBeGreaterThan(40);
  expect(sorted(fields).filter((field) => !onPage.includes(field))).toEqual([]);
});
