import { expect, test } from "vitest";
import { announce, MAX_ANNOUNCED } from "../../../src/live/announce.ts";

const NOW = 1_800_000_000_000;

test("sessions that were heard of last are told until when somebody watches, each once", async () => {
  const asked: [number, number][] = [];
  const told: [string, number][] = [];
  const objects = Array.from({ length: 100 }, (_, n) => `object-${n}`);
  let atOnce = 0;
  let most = 0;
  await announce(
    {
      ledger: {
        recentObjects: async (count, since) => {
          asked.push([count, since]);
          return [...objects];
        },
      },
      session: (object) => ({
        watched: async (until) => {
          most = Math.max(most, (atOnce += 1));
          await Promise.resolve();
          atOnce -= 1;
          if (object === "object-7") throw new Error("it moves");
          told.push([object, until]);
        },
      }),
    },
    NOW + 30_000,
    NOW,
  );
  expect(asked).toEqual([[MAX_ANNOUNCED, NOW - 35 * 60_000]]);
  expect(told.map(([object]) => object).toSorted()).toEqual(
    objects.filter((one) => one !== "object-7").toSorted(),
  );
  expect(told.every(([, until]) => until === NOW + 30_000)).toBe(true);
  expect(most).toBeLessThanOrEqual(24);
});

test.each([
  ["a ledger of an earlier version", () => Promise.reject(new Error("no such method")), undefined],
  [
    "an object that can't be named",
    () => Promise.resolve(["edge"]),
    (): never => {
      throw new TypeError("not an id");
    },
  ],
])("%s harms nothing", async (_name, recentObjects, session) => {
  const shell = {
    ledger: { recentObjects },
    session: session ?? (() => ({ watched: () => Promise.resolve() })),
  };
  await expect(announce(shell, NOW + 1, NOW)).resolves.toBeUndefined();
});
