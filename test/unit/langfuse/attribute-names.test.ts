import { LangfuseOtelSpanAttributes } from "@langfuse/core";
import { expect, it } from "vitest";
import { ATTRIBUTE } from "../../../src/langfuse/attribute-names.ts";

it("has the values that @langfuse/core publishes under the same names", () => {
  expect(LangfuseOtelSpanAttributes).toMatchObject(ATTRIBUTE);
});
