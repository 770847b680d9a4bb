// The limits on the page are those of the code.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MAX_HELD_BYTES } from "../../../src/edge/body-budget.ts";
import { MAX_ARRIVAL_MS } from "../../../src/edge/request-body.ts";
import * as limits from "../../../src/protocol/limits.ts";
import { MAX_DRAFT_SIZE } from "../../../src/session/bounds.ts";

const [, behind = ""] = readFileSync("docs/http-api.md", "utf8").split("\n## Limits\n");
const rows = (behind.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| "));

/** The first number in the second cell of the row that begins with these words. */
function told(words: string): number {
  const found = rows.filter((row) => row.startsWith(`| ${words} |`));
  expect(found).toHaveLength(1);
  const number = /[\d,]+/.exec((found[0] ?? "").split(" | ")[1] ?? "")?.[0] ?? "";
  return Number(number.replaceAll(",", ""));
}

test.each([
  ["body", limits.MAX_BODY_BYTES / 1024 / 1024],
  ["body of a server's trace export", limits.MAX_EXPORT_BYTES / 1024 / 1024],
  ["nesting of the body", limits.MAX_BODY_DEPTH],
  ["actions", limits.MAX_ACTIONS],
  ["spans of OpenTelemetry", limits.MAX_SPANS],
  ["the resource of spans, with its scope", limits.MAX_ORIGIN_LENGTH],
  ["one span, as JSON", limits.MAX_SPAN_LENGTH],
  ["sessions and traces that it touches", limits.MAX_KEYS],
  ["an id", limits.MAX_ID_LENGTH],
  ["how long a body may take", MAX_ARRIVAL_MS / 1000],
  ["the bodies of all requests of an isolate, at once", MAX_HELD_BYTES / 1024 / 1024],
  ["a session's or user's id", limits.MAX_ID_LENGTH],
  ["a name", limits.MAX_NAME_LENGTH],
  ["a tag, `release`, `version`; a key of metadata, usage or cost", limits.MAX_LABEL_LENGTH],
  ["a tag, `release`, `version`; a key of metadata, usage or cost", limits.MAX_KEY_LENGTH],
  ["tags", limits.MAX_TAGS],
  ["metadata keys", limits.MAX_METADATA_KEYS],
  ["nesting of a value", limits.MAX_DEPTH],
  ["one observation", MAX_DRAFT_SIZE],
  ["a value of the trace's metadata", limits.MAX_PROPAGATED_LENGTH],
])("%s: %d", (words, limit) => {
  expect(told(words)).toBe(limit);
});
