// What the doctor makes of answers, without an edge: what was not seen is never said to be right.
import { describe, expect, it } from "vitest";
import { findings } from "../../../../src/cli/doctor/findings.ts";
import type { Probe } from "../../../../src/cli/doctor/probe.ts";
import type { Seen } from "../../../../src/cli/doctor/seen.ts";

const probe = (status: number, body?: Probe["body"]): Probe => ({
  status,
  headers: new Headers({ "content-type": "text/javascript" }),
  ...(body && { body }),
});
const OPEN = probe(200, { status: "healthy", langfuse_configured: true });
const UNKEYED: Seen = {
  origin: "http://127.0.0.1:8787",
  hasKeys: false,
  open: OPEN,
  script: probe(200),
};
const REFUSED: Seen = {
  ...UNKEYED,
  hasKeys: true,
  keyed: probe(401, { success: false, error: { code: "unauthorized" } }),
};

describe("an edge that refuses the keys", () => {
  const found = findings(REFUSED);
  it("is not said to understand its settings, which nobody has seen", () => {
    expect(found.find(({ check }) => check === "settings")?.state).toBe("unknown");
  });

  it("has one thing to mend: what could not be looked at does not ask for keys that are set", () => {
    const mends = found.filter(({ state }) => state === "unknown").map(({ mend }) => mend);
    expect(mends.length).toBeGreaterThan(4);
    expect(mends.filter((mend) => mend?.includes("LANGFUSE_PUBLIC_KEY"))).toEqual([]);
    expect(found.find(({ check }) => check === "keys")?.mend).toContain("LANGFUSE_PUBLIC_KEY");
  });

  it("names a setting's problem where the edge tells it all the same", () => {
    const keyed = probe(401, { problems: ["MASK: entry 1 is none"] });
    const settings = findings({ ...REFUSED, keyed }).find(({ check }) => check === "settings");
    expect(settings?.state).toBe("wrong");
  });
});

describe("an edge that is looked at without keys", () => {
  it("says how to see the rest, once, and nothing of its settings", () => {
    const found = findings(UNKEYED);
    expect(found.filter(({ mend }) => mend?.includes("LANGFUSE_PUBLIC_KEY"))).toHaveLength(1);
    expect(found.some(({ check }) => check === "settings")).toBe(false);
  });
});
