import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safeResource, safeScope } from "../../../src/otlp/safe-origin.ts";
import { originArb } from "../../support/arbitrary-spans.ts";

const silent = (): void => {};

describe("a resource and a scope", () => {
  it("come out as they went in", () => {
    fc.assert(
      fc.property(originArb, ({ resource, scope }) => {
        expect(safeResource(resource, silent)).toEqual(resource);
        expect(safeScope(scope, silent)).toEqual(scope);
      }),
    );
  });

  it("keep entities, and what was dropped before", () => {
    const resource = {
      resource: {
        droppedAttributesCount: 2,
        entityRefs: [{ type: "service", idKeys: ["service.name"], schemaUrl: "https://x" }],
      },
    };
    expect(safeResource(resource, silent)).toEqual(resource);
    const scope = { scope: { name: "s", droppedAttributesCount: 1 } };
    expect(safeScope(scope, silent)).toEqual(scope);
  });

  it("may be absent, or lack attributes; but these must be a list", () => {
    expect(safeResource({}, silent)).toEqual({});
    expect(safeScope({ scope: null, schemaUrl: "" }, silent)).toEqual({});
    expect(safeResource({ resource: { attributes: null } }, silent)).toEqual({ resource: {} });
    expect(safeResource({ resource: { attributes: {} } }, silent)).toBeUndefined();
    expect(safeScope({ scope: { attributes: "x" } }, silent)).toBeUndefined();
  });
});
