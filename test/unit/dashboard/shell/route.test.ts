import fc from "fast-check";
import { expect, it } from "vitest";
import { choose, readRoute, VIEWS, writeRoute } from "../../../../src/dashboard/shell/route.ts";
import { runs } from "../../../support/runs.ts";

it("reads what it writes, whatever is chosen", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const choices = fc.dictionary(
    name,
    fc.string({ minLength: 1 }).filter((text) => text.isWellFormed()),
  );
  const view = fc.constantFrom(...VIEWS.map((one) => one.name));
  fc.assert(
    fc.property(view, choices, (view, choices) => {
      expect(readRoute(writeRoute({ view, choices }))).toEqual({ view, choices: { ...choices } });
    }),
    { numRuns: runs(300) },
  );
});

it("shows the first view where the address says nothing that it knows", () => {
  const nothing = { view: "live", choices: {} };
  for (const hash of ["", "#", "#/", "#main", "#/nowhere", "#/../x", "#/speed/x", "#?by=model"]) {
    expect(readRoute(hash)).toEqual(nothing);
  }
  expect(readRoute("#/speed?__proto__=1&by=&by2=x").choices).toEqual({ by2: "x" });
});

it("changes one choice and leaves the others", () => {
  const route = { view: "speed", choices: { by: "model", range: "24h" } } as const;
  expect(choose(route, { by: "", metric: "turn" }).choices).toEqual({
    range: "24h",
    metric: "turn",
  });
});
