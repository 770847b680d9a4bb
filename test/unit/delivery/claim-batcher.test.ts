import { describe, expect, it } from "vitest";
import { claimedObjects } from "../../../src/delivery/claims.ts";
import { ClaimBatcher } from "../../../src/delivery/claim-batcher.ts";
import type { AppendRequest } from "../../../src/protocol/session/append-calls.ts";
import type { Claim } from "../../../src/protocol/session/lease-calls.ts";

const REQUEST: AppendRequest = { project: "pk-a", writer: "browser", actions: [] };

/** A batcher whose time passes when it waits. */
function gathering(send?: (claims: readonly Claim[]) => void) {
  const world = {
    now: 1_000,
    sent: [] as { at: number; claims: readonly Claim[] }[],
    logged: [] as unknown[],
    /** What happens while the batcher waits for the nth time. */
    meanwhile: [] as (() => Promise<void>)[],
  };
  const batcher = new ClaimBatcher({
    send: async (claims) => {
      send?.(claims);
      world.sent.push({ at: world.now, claims });
    },
    now: () => world.now,
    wait: async (ms) => {
      await world.meanwhile.shift()?.();
      world.now += ms;
    },
    log: (...line) => world.logged.push(line),
  });
  const append = async (
    object: string,
    claimAt?: number,
    { project = "pk-a", ...reserved }: { project?: string; reservation?: number } = {},
  ): Promise<void> => {
    const kept = { results: [], pending: 1, sealed: 0 };
    const answer = claimAt === undefined ? kept : { ...kept, ...reserved, claimAt };
    const session = batcher.wrap(
      {
        pending: async () => ({ pending: 0, sealed: 0 }),
        append: async (request) => {
          expect(request).toEqual({ ...REQUEST, project, batchesClaims: true });
          return answer;
        },
      },
      object,
    );
    expect(await session.append({ ...REQUEST, project })).toEqual(answer);
  };
  return { batcher, append, world };
}
const objectsIn = (claims: readonly Claim[]): string[] =>
  (claimedObjects(claims).byProject.get("pk-a") ?? []).map(({ object }) => object);

describe("gathered claims", () => {
  it("go out together, when all of them can be served", async () => {
    const { batcher, append, world } = gathering();
    await append("one", 1_500, { reservation: 4 });
    await append("two", 1_700);
    await append("nothing to claim");
    await append("other", 1_500, { project: "pk-b" });
    await batcher.flush();
    expect(world.sent).toHaveLength(1);
    const [{ at, claims }] = world.sent as [{ at: number; claims: Claim[] }];
    expect(at).toBe(2_500);
    expect(claims).toHaveLength(2);
    expect([...claimedObjects(claims).byProject]).toEqual([
      ["pk-a", [{ object: "one", reservation: 4 }, { object: "two" }]],
      ["pk-b", [{ object: "other" }]],
    ]);
    expect(batcher.flush()).toBeUndefined();
  });

  it("are sent by one request, whose wait others add to", async () => {
    const { batcher, append, world } = gathering();
    await append("one", 1_500);
    world.meanwhile.push(async () => {
      await append("two", 1_600);
      expect(batcher.flush()).toBeUndefined();
      await append("later", 2_600);
    });
    await batcher.flush();
    const later = batcher.flush();
    expect(batcher.flush()).toBeUndefined();
    await later;
    expect(world.sent.map(({ at, claims }) => [at, objectsIn(claims)])).toEqual([
      [2_500, ["one", "two"]],
      [3_600, ["later"]],
    ]);
  });

  it("that could be served long ago go out at once, and together", async () => {
    const { batcher, append, world } = gathering();
    await append("first", -5_000);
    await append("second", 1_000);
    await append("later", 1_100);
    await batcher.flush();
    await batcher.flush();
    expect(world.sent.map(({ at, claims }) => [at, objectsIn(claims)])).toEqual([
      [1_000, ["first", "second"]],
      [2_100, ["later"]],
    ]);
  });

  it("are of what is appended, not of what is asked", async () => {
    const { batcher } = gathering();
    const counts = { pending: 3, sealed: 2 };
    const append = () => Promise.reject(new Error("nothing is appended"));
    const session = batcher.wrap({ pending: async () => counts, append }, "one");
    expect(await session.pending()).toEqual(counts);
    expect(batcher.flush()).toBeUndefined();
  });

  it("of one object are one claim", async () => {
    const { batcher, append, world } = gathering();
    await append("one", 1_500);
    await append("one", 1_900);
    await batcher.flush();
    expect(world.sent.flatMap(({ claims }) => objectsIn(claims))).toEqual(["one"]);
  });

  it("share messages, twenty objects each", async () => {
    const { batcher, append, world } = gathering();
    const many = Array.from({ length: 2_050 }, (_, n) => `object-${n}`);
    for (const object of many) await append(object, 1_500);
    await batcher.flush();
    expect(world.sent.map(({ claims }) => claims.length)).toEqual([103]);
    expect(world.sent.flatMap(({ claims }) => objectsIn(claims))).toEqual(many);
  });

  it("that the queue does not take are let go: their objects claim again", async () => {
    let works = false;
    const { batcher, append, world } = gathering(() => {
      if (!works) throw new Error("over the day's limit");
    });
    await append("one", 1_500);
    await batcher.flush();
    expect(world.logged).toEqual([
      ["warn", "claims_not_sent", { error: "Error: over the day's limit" }],
    ]);
    works = true;
    world.now = 3_000;
    await append("two", 3_000);
    await batcher.flush();
    expect(world.sent.flatMap(({ claims }) => objectsIn(claims))).toEqual(["two"]);
  });

  it("of an object whose clock is a little behind are sent all the same, after others were", async () => {
    const { batcher, append, world } = gathering();
    await append("one", 1_500);
    await batcher.flush();
    world.now += 100;
    await append("behind", 2_400);
    await batcher.flush();
    expect(world.sent.flatMap(({ claims }) => objectsIn(claims))).toEqual(["one", "behind"]);
  });

  it("of an object whose time is minutes ahead do not wait for it, nor do others", async () => {
    const { batcher, append, world } = gathering();
    await append("ahead", 600_000);
    await batcher.flush();
    await append("one", world.now);
    await batcher.flush();
    expect(world.sent.flatMap(({ claims }) => objectsIn(claims))).toEqual(["ahead", "one"]);
    expect(world.now).toBeLessThan(10_000);
  });

  it("go out where the clock went back by minutes, and the request that was to send them is gone", async () => {
    const { batcher, append, world } = gathering();
    world.now = 600_000;
    world.meanwhile.push(() => new Promise(() => {}));
    await append("one", 600_500);
    void batcher.flush();
    world.now = 1_000;
    await append("two", 1_500);
    await batcher.flush();
    await batcher.flush();
    expect(world.sent.flatMap(({ claims }) => objectsIn(claims)).toSorted()).toEqual([
      "one",
      "two",
    ]);
    expect(world.now).toBeLessThan(10_000);
  });
});
