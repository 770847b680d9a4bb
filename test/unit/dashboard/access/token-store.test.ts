import { expect, it } from "vitest";
import { tokenStore } from "../../../../src/dashboard/access/token-store.ts";

it("keeps the token for the tab", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  tokenStore(() => storage).set("a token");
  expect(tokenStore(() => storage).get()).toBe("a token");
  tokenStore(() => storage).set(undefined);
  expect([tokenStore(() => storage).get(), kept.size]).toEqual([undefined, 0]);
});

it("goes on without storage", () => {
  const store = tokenStore(() => {
    throw new Error("forbidden");
  });
  store.set("a token");
  expect(store.get()).toBe("a token");
});
