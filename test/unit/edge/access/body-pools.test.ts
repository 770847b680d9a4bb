import { describe, expect, test } from "vitest";
import { callerPools, strangerPools } from "../../../../src/edge/access/body-pools.ts";
import { BodyBudget } from "../../../../src/edge/body-budget.ts";
import type { Caller } from "../../../../src/edge/access/caller.ts";

const MEBI = 1024 * 1024;
const KIBI = 1024;
const project = { publicKey: "pk", secretKey: "sk", baseUrl: "https://langfuse.test" };
const pageOf = (owner: string, tag?: string): Caller => ({
  project,
  writer: "browser",
  owner,
  ...(tag !== undefined && { tag }),
});
const ADA = pageOf("user ada", "a");
const EVE = pageOf("user eve", "e");
const PUBLIC_KEY = pageOf("anonymous");
const SERVER: Caller = { project, writer: "server", owner: "server" };
const from = (address?: string): Headers =>
  new Headers(address === undefined ? {} : { "cf-connecting-ip": address });

/** Slow uploads of one caller, as many as there is room for. */
function fill(
  budget: BodyBudget,
  bytes: number,
  pools: () => ReturnType<typeof callerPools>,
): void {
  while (budget.take(budget.share(pools()), bytes, 0));
}

describe("slow uploads", () => {
  test.each([4 * MEBI, MEBI, 64 * KIBI, KIBI])(
    "of one token holder, of %i bytes each, leave room for others' large bodies",
    (bytes) => {
      const budget = new BodyBudget();
      let n = 0;
      fill(budget, bytes, () => callerPools(EVE, from(`10.0.0.${(n += 1)}`)));
      expect(budget.take(budget.share(callerPools(ADA, from("10.1.0.1"))), 4 * MEBI, 0)).toBe(true);
    },
  );

  test("of one address with many tokens leave room for others' large bodies", () => {
    const budget = new BodyBudget();
    let n = 0;
    fill(budget, MEBI, () => callerPools(pageOf(`user ${(n += 1)}`, "t"), from("10.0.0.1")));
    expect(budget.take(budget.share(callerPools(ADA, from("10.1.0.1"))), 4 * MEBI, 0)).toBe(true);
  });

  test("by the public key alone leave room for other addresses", () => {
    const budget = new BodyBudget();
    fill(budget, 64 * KIBI, () => callerPools(PUBLIC_KEY, from("10.0.0.1")));
    const other = callerPools(PUBLIC_KEY, from("10.1.0.1"));
    expect(budget.take(budget.share(other), 4 * MEBI, 0)).toBe(true);
  });

  test("of strangers, wherever they come from, leave room for callers, and for other strangers", () => {
    const budget = new BodyBudget();
    fill(budget, 8 * KIBI, () => strangerPools(from("10.0.0.1")));
    expect(budget.heldBytes).toBeLessThanOrEqual(MEBI);
    expect(budget.take(budget.share(strangerPools(from("10.1.0.1"))), 64 * KIBI, 0)).toBe(true);
    let n = 0;
    fill(budget, 8 * KIBI, () => strangerPools(from(`10.0.1.${(n += 1)}`)));
    expect(budget.heldBytes).toBeLessThanOrEqual(4 * MEBI);
    for (const caller of [ADA, PUBLIC_KEY, SERVER]) {
      const share = budget.share(callerPools(caller, from("10.1.0.2")));
      expect(budget.take(share, 4 * MEBI, 0)).toBe(true);
      budget.release(share);
    }
  });
});

test("one body of the largest and a chat turn beside it are always within one's own bound", () => {
  for (const caller of [ADA, PUBLIC_KEY, SERVER]) {
    const budget = new BodyBudget();
    const pools = callerPools(caller, from("10.0.0.1"));
    expect(budget.take(budget.share(pools), 4 * MEBI, 0)).toBe(true);
    expect(budget.take(budget.share(pools), 64 * KIBI, 0)).toBe(true);
  }
});

test("a server is bounded by the budget alone: it speaks for many", () => {
  expect(callerPools(SERVER, from("10.0.0.1"))).toEqual([]);
});

test("where nobody says what the address is, no two strangers share a bound by it", () => {
  expect(callerPools(PUBLIC_KEY, from())).toEqual([]);
  expect(strangerPools(from()).map(({ name }) => name)).toEqual(["strangers"]);
});

test("two projects' owners of one name share nothing", () => {
  const other = { ...ADA, project: { ...project, publicKey: "pk-2" } };
  const [mine] = callerPools(ADA, from());
  const [theirs] = callerPools(other, from());
  expect(mine?.name).not.toBe(theirs?.name);
});
