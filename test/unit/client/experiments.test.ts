import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setExperiments, variant } from "../../../src/client/experiments.ts";
import { turnsOf } from "../../../src/client/turn/turn-registry.ts";

const VARIANTS = ["plain", "friendly"] as const;
const clientOf = (who: { userId?: string; sessionId?: string }) => ({ who: () => who });

let stored: Map<string, string>;
beforeEach(() => {
  stored = new Map();
  const getItem = (key: string): string | null => stored.get(key) ?? null;
  const setItem = (key: string, value: string): void => void stored.set(key, value);
  vi.stubGlobal("localStorage", { getItem, setItem });
});
afterEach(() => vi.unstubAllGlobals());

test("an id has one variant, whether a client, a number or a text says it", () => {
  for (const id of ["ada", "grace", "1", "2", "3", "4"]) {
    const own = variant("tone", VARIANTS, { id });
    expect(variant("tone", VARIANTS, { client: clientOf({ userId: id }) })).toBe(own);
    const bySession = { client: clientOf({ userId: "x", sessionId: id }), by: "session" } as const;
    expect(variant("tone", VARIANTS, bySession)).toBe(own);
    if (/\d/.test(id)) expect(variant("tone", VARIANTS, { id: Number(id) })).toBe(own);
  }
});

test("who is not known has one of the browser's own, which is kept", () => {
  const { userId, ...anonymous } = { userId: "ada" };
  const names = Array.from({ length: 40 }, (_, n) => `experiment ${n}`);
  const got = names.map((name) => variant(name, VARIANTS, { client: clientOf(anonymous) }));
  expect(new Set(got).size).toBe(2);
  const id = stored.get("langfuse-edge.browser");
  expect(id).toMatch(/^[\da-f]{16}$/);
  expect(got).toEqual(names.map((name) => variant(name, VARIANTS, { id })));
  expect(got).toEqual(
    names.map((name) => variant(name, VARIANTS, { client: clientOf({ userId }), by: "browser" })),
  );
});

test("experiments of a client are those of its turns", () => {
  const client = {};
  setExperiments(client, { tone: "friendly" });
  expect(turnsOf(client).experiments).toEqual({ tone: "friendly" });
});
