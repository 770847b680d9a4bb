import { expect, test } from "vitest";
import { servedLlms } from "../../../src/publish/served-llms.ts";

const TEXT = "- [Deploy](docs/deploy.md#upgrade): how\n- [Langfuse](https://langfuse.com)";

test("while no repository is known, links to pages are paths", () => {
  expect(servedLlms(TEXT, undefined)).toBe(
    "- Deploy (`docs/deploy.md#upgrade`): how\n- [Langfuse](https://langfuse.com)",
  );
});

test.each([
  "https://example.com/me/langfuse-edge",
  { type: "git", url: "git+https://example.com/me/langfuse-edge.git" },
])("links lead to the repository %j", (repository) => {
  expect(servedLlms(TEXT, repository)).toBe(
    "- [Deploy](https://example.com/me/langfuse-edge/blob/main/docs/deploy.md#upgrade): how\n- [Langfuse](https://langfuse.com)",
  );
});

test("a repository that is no web address counts as none", () => {
  for (const repository of [42, null, {}, "git@example.com:me/langfuse-edge.git"]) {
    expect(servedLlms(TEXT, repository)).toBe(servedLlms(TEXT, undefined));
  }
});
