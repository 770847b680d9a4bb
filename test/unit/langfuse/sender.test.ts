import { expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { SCOPE } from "../../../src/langfuse/sender.ts";
import { EDGE_VERSION } from "../../../src/protocol/version.ts";

it("names the package's version, under a scope that keeps Langfuse's metadata clean", () => {
  expect(EDGE_VERSION).toBe(manifest.version);
  expect(SCOPE.name).toMatch(/^langfuse-sdk/);
});
