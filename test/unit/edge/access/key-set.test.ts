// Fetches of an identity provider's keys, with the clock in the test's hands.
import { errors, exportJWK, generateKeyPair, type JWK } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { KeysUnavailable, remoteKeySet } from "../../../../src/edge/access/key-set.ts";
import { NOW } from "../interpret/interpreting.ts";

const URL_OF_KEYS = "https://idp.test/keys";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const KEYS: Record<string, JWK> = {};
beforeAll(async () => {
  for (const kid of ["one", "two"]) {
    const { publicKey } = await generateKeyPair("ES256", { extractable: true });
    KEYS[kid] = { ...(await exportJWK(publicKey)), kid, alg: "ES256" };
  }
});

type Reply = () => Response | Promise<Response>;
const withKeys =
  (...kids: string[]): Reply =>
  () =>
    Response.json({ keys: kids.map((kid) => KEYS[kid]) });
const down: Reply = () => new Response("down", { status: 503 });

function provider(first: Reply) {
  const world = { now: NOW, asked: 0, reply: first };
  const keys = remoteKeySet(URL_OF_KEYS, {
    now: () => world.now,
    send: async (request) => {
      expect([request.url, request.redirect]).toEqual([URL_OF_KEYS, "manual"]);
      world.asked += 1;
      return world.reply();
    },
    wait: async (ms) => {
      world.now += ms;
      await new Promise(setImmediate);
    },
  });
  const find = async (kid: string): Promise<string> => {
    try {
      await keys({ alg: "ES256", kid }, { payload: "", signature: "" });
      return "found";
    } catch (error) {
      if (error instanceof KeysUnavailable) return "unavailable";
      if (error instanceof errors.JWKSNoMatchingKey) return "unknown";
      throw error;
    }
  };
  return { world, find };
}

test("keys are asked for once, and again when they are ten minutes old", async () => {
  const { world, find } = provider(withKeys("one"));
  for (let i = 0; i < 5; i += 1) expect(await find("one")).toBe("found");
  world.now += 10 * MINUTE - 1;
  await find("one");
  expect(world.asked).toBe(1);
  world.now += 1;
  await find("one");
  expect(world.asked).toBe(2);
});

test("a clock that steps back keeps nobody from the keys, nor an unknown one from being looked for", async () => {
  const { world, find } = provider(withKeys("one"));
  await find("one");
  world.now -= 20 * MINUTE;
  world.reply = withKeys("one", "two");
  expect(await find("two")).toBe("found");
  expect(world.asked).toBe(2);
  const failing = provider(down);
  expect(await failing.find("one")).toBe("unavailable");
  failing.world.now -= 20 * MINUTE;
  failing.world.reply = withKeys("one");
  expect(await failing.find("one")).toBe("found");
});

test("a burst of first requests shares one fetch", async () => {
  let answer: ((response: Response) => void) | undefined;
  const { world, find } = provider(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  const finds = Array.from({ length: 50 }, () => find("one"));
  await new Promise(setImmediate);
  answer?.(await withKeys("one")());
  expect(new Set(await Promise.all(finds))).toEqual(new Set(["found"]));
  expect(world.asked).toBe(1);
});

test("who waits for a request that the platform ended asks itself", async () => {
  const { world, find } = provider(() => new Promise(() => {}));
  void find("one");
  world.reply = withKeys("one");
  const waiting = Array.from({ length: 20 }, () => find("one"));
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(["found"]));
  expect(world.asked).toBe(2);
});

test("who waits for requests that all are ended is not kept for ever", async () => {
  const { world, find } = provider(() => new Promise(() => {}));
  void find("one");
  // One after the other takes over, and is ended as well.
  const others = Array.from({ length: 10 }, () => find("one"));
  expect(await Promise.race(others)).toBe("unavailable");
  expect(world.now - NOW).toBeLessThan(10 * SECOND);
});

describe("a key that is not among them", () => {
  test("is asked for, and found where the provider has a new one", async () => {
    const { world, find } = provider(withKeys("one"));
    await find("one");
    world.reply = withKeys("one", "two");
    world.now += 30 * SECOND;
    expect(await find("two")).toBe("found");
    expect(world.asked).toBe(2);
  });

  test("can't make it ask more than twice a minute", async () => {
    const { world, find } = provider(withKeys("one"));
    for (let i = 0; i < 600; i += 1) {
      world.now += 100;
      expect(await find(`made-up-${i}`)).toBe("unknown");
    }
    expect(world.asked).toBeLessThanOrEqual(3);
  });

  test("of a provider that is down says nothing of the token", async () => {
    const { world, find } = provider(withKeys("one"));
    await find("one");
    world.now += 30 * SECOND;
    world.reply = down;
    for (let i = 0; i < 20; i += 1) expect(await find("two")).toBe("unavailable");
    expect(await find("one")).toBe("found");
    expect(world.asked).toBe(2);
  });
});

describe("a provider that is down", () => {
  test.each<[string, Reply]>([
    ["answers 503", down],
    ["can't be reached", () => Promise.reject(new TypeError("unreachable"))],
    ["redirects", () => new Response(null, { status: 302, headers: { location: "/x" } })],
    ["answers a page", () => new Response("<html>")],
    ["answers no key set", () => Response.json({ keys: "none" })],
    ["answers without end", () => new Response(new Uint8Array(300_000))],
  ])("and %s is asked once in ten seconds, and again after that", async (_, reply) => {
    const { world, find } = provider(reply);
    for (let i = 0; i < 50; i += 1) expect(await find("one")).toBe("unavailable");
    expect(world.asked).toBe(1);
    world.now += 10 * SECOND;
    world.reply = withKeys("one");
    expect(await find("one")).toBe("found");
  });

  test("is believed for an hour after it was last reached, and no longer", async () => {
    const { world, find } = provider(withKeys("one"));
    await find("one");
    world.reply = down;
    world.now += 60 * MINUTE - 1;
    expect(await find("one")).toBe("found");
    world.now += 1;
    expect(await find("one")).toBe("unavailable");
    expect(world.asked).toBe(2);
  });
});
