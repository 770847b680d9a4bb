// The requests of an isolate that hang: what the passes that begin meanwhile know, and do.
import { HeldRecords } from "../../../src/delivery/settling/held-records.ts";
import { describe, expect, it } from "vitest";
import { tryPass } from "../../../src/delivery/breaker.ts";
import { hangingIn, PassesUnderWay } from "../../../src/delivery/passes-under-way.ts";
import { Standstill, STANDSTILL_MS } from "../../../src/delivery/standstill.ts";
import type { Verdict } from "../../../src/langfuse/classify.ts";

const DELIVERED: Verdict = { kind: "delivered" };

class Traffic {
  now = 1_000_000;
  readonly passes = new PassesUnderWay();

  /** Sends a POST; what is returned answers it. */
  send(kind: "observation" | "score" = "observation"): (verdict?: Verdict) => Promise<void> {
    let answer: (verdict: Verdict) => void = () => undefined;
    const answered = new Promise<Verdict>((resolve) => (answer = resolve));
    const posted = this.passes.during(
      kind,
      () => this.now,
      () => answered,
    );
    return async (verdict = DELIVERED) => {
      answer(verdict);
      await posted;
    };
  }

  get hanging() {
    return this.passes.hanging("observation", this.now);
  }

  get plan() {
    const hanging = hangingIn(this.passes, this.now);
    return tryPass({}, this.now, hanging).plans.observation;
  }
}

describe("a POST without an answer", () => {
  it("hangs after three seconds, and not once it is answered", async () => {
    const traffic = new Traffic();
    const answer = traffic.send();
    traffic.now += 2_999;
    expect(traffic.hanging.posts).toBe(0);
    traffic.now += 1;
    expect(traffic.hanging).toMatchObject({ posts: 1, passes: false, isUsed: true });
    await answer();
    expect(traffic.hanging.posts).toBe(0);
  });

  it("is waited for where Langfuse is slow", async () => {
    const traffic = new Traffic();
    const answer = traffic.send();
    traffic.now += 2_000;
    await answer();
    traffic.send();
    traffic.now += 7_999;
    expect(traffic.hanging.posts).toBe(0);
    traffic.now += 1;
    expect(traffic.hanging.posts).toBe(1);
  });

  it("has others taken beside it, or not", async () => {
    const traffic = new Traffic();
    await traffic.send()();
    traffic.now += 1;
    traffic.send();
    traffic.now += 4_000;
    expect(traffic.hanging.passes).toBe(false);
    await traffic.send()();
    expect(traffic.hanging.passes).toBe(true);
    const refused = traffic.send();
    await refused({ kind: "too_large", message: "" });
    expect(traffic.hanging.posts).toBe(1);
  });
});

describe("a pass that begins while some hang", () => {
  it("posts sessions apart, each for its whole time, since nothing has failed yet", () => {
    const traffic = new Traffic();
    expect(traffic.plan).toEqual({ apart: false, proven: false, fresh: true });
    traffic.send();
    traffic.now += 5_000;
    expect(traffic.plan).toEqual({ apart: true, proven: false, patient: true });
  });

  it("posts nothing of the kind where too many do", async () => {
    const traffic = new Traffic();
    for (let n = 0; n < 8; n += 1) traffic.send();
    traffic.now += 5_000;
    expect(traffic.plan).toEqual({ closedMs: 5_000 });
    // The other kind goes on, where there is one.
    expect(tryPass({}, traffic.now, hangingIn(traffic.passes, traffic.now)).waitMs).toBe(5_000);
    const score = traffic.send("score");
    await score();
    expect(tryPass({}, traffic.now, hangingIn(traffic.passes, traffic.now)).waitMs).toBe(0);
    // Others are taken beside those that hang.
    await traffic.send()();
    expect(traffic.plan).toMatchObject({ apart: true });
    for (let n = 0; n < 8; n += 1) traffic.send();
    traffic.now += 5_000;
    expect(traffic.plan).toEqual({ closedMs: 5_000 });
  });
});

describe("a pass that begins after others failed", () => {
  const failing = { observation: { failures: 1 } };
  const planOf = ({ passes, now }: Traffic) =>
    tryPass(failing, now, hangingIn(passes, now)).plans.observation;

  it("is kept back by POSTs that are late, before anybody could say that they hang", async () => {
    const traffic = new Traffic();
    const answers = Array.from({ length: 8 }, () => traffic.send());
    traffic.now += 499;
    expect(planOf(traffic)).toMatchObject({ apart: true });
    traffic.now += 1;
    expect(planOf(traffic)).toEqual({ closedMs: 5_000 });
    // While nothing has failed it is too soon to tell.
    expect(traffic.plan).toMatchObject({ apart: false });
    await answers[0]?.();
    expect(planOf(traffic)).toMatchObject({ apart: true });
  });

  it("is not kept back by POSTs of which none is late for a Langfuse as slow as it was last", async () => {
    const traffic = new Traffic();
    const first = traffic.send();
    traffic.now += 2_000;
    await first();
    for (let n = 0; n < 8; n += 1) traffic.send();
    traffic.now += 2_900;
    expect(planOf(traffic)).toMatchObject({ apart: true });
    traffic.now += 5_100;
    expect(planOf(traffic)).toEqual({ closedMs: 5_000 });
  });

  it("goes on beside POSTs that are late where others are taken meanwhile", async () => {
    const traffic = new Traffic();
    for (let n = 0; n < 8; n += 1) traffic.send();
    traffic.now += 600;
    await traffic.send()();
    traffic.now += 100;
    expect(planOf(traffic)).toMatchObject({ apart: true });
    for (let n = 0; n < 8; n += 1) traffic.send();
    traffic.now += 4_000;
    expect(planOf(traffic)).toEqual({ closedMs: 5_000 });
  });

  it("knows that Langfuse is quick where it has just answered far sooner than a probe is given up", async () => {
    const traffic = new Traffic();
    const answerIn = async (ms: number): Promise<void> => {
      const answer = traffic.send();
      traffic.now += ms;
      await answer();
    };
    expect(planOf(traffic)).not.toHaveProperty("quick");
    await answerIn(1_250);
    expect(planOf(traffic)).toMatchObject({ quick: true });
    await answerIn(1_251);
    expect(planOf(traffic)).not.toHaveProperty("quick");
    await answerIn(50);
    traffic.now += 2 * 60_000;
    expect(planOf(traffic)).not.toHaveProperty("quick");
  });
});

describe("a pass whose invocation the platform has ended", () => {
  it("keeps nobody from posting for good: its POSTs never settle", () => {
    const traffic = new Traffic();
    for (let n = 0; n < 16; n += 1) traffic.send();
    traffic.now += 5_000;
    expect(traffic.plan).toEqual({ closedMs: 5_000 });
    traffic.now += 60_000;
    expect(traffic.hanging.posts).toBe(0);
    expect(traffic.plan).toEqual({ apart: false, proven: false, fresh: true });
  });

  it("holds no bytes any more", () => {
    const passes = new PassesUnderWay();
    passes.begin({ held: new HeldRecords(), forget: () => undefined, heldBytes: 10, endsBy: 100 });
    expect([passes.heldBytes(99), passes.heldBytes(100)]).toEqual([10, 0]);
    expect(passes.heldBytes(0)).toBe(0);
  });
});

it("a pass is told that another one was lent what it has counted as waiting", () => {
  const passes = new PassesUnderWay();
  const forgotten: string[] = [];
  const pass = (name: string) => ({
    held: new HeldRecords(),
    forget: (object: string) => void forgotten.push(`${name} ${object}`),
    heldBytes: 10,
    endsBy: 100,
  });
  const [a, b] = [pass("a"), pass("b")];
  passes.begin(a);
  passes.begin(b);
  expect(passes.heldBytes(0)).toBe(20);
  passes.leased("x", b);
  passes.end(a);
  passes.leased("y", b);
  expect(forgotten).toEqual(["a x"]);
});

describe("a standstill", () => {
  const begin = () => {
    const clock = { now: 0 };
    const wakes: (() => void)[] = [];
    const wait = (): Promise<void> => new Promise((resolve) => wakes.push(resolve));
    const wakeAt = async (ms: number): Promise<void> => {
      clock.now = ms;
      wakes.shift()?.();
      await new Promise(setImmediate);
    };
    const standstill = new Standstill({ now: () => clock.now, wait });
    const seen: boolean[] = [];
    void standstill.reached().then((is) => seen.push(is));
    return { clock, wakeAt, standstill, seen };
  };

  it("is reached when a POST has no answer, and none has begun or ended for a while", async () => {
    const { clock, wakeAt, standstill, seen } = begin();
    await wakeAt(STANDSTILL_MS);
    void standstill.during(() => new Promise(() => {}));
    clock.now += STANDSTILL_MS - 1;
    await standstill.during(async () => {});
    await wakeAt(2 * STANDSTILL_MS);
    expect(seen).toEqual([]);
    await wakeAt(3 * STANDSTILL_MS - 1);
    expect(seen).toEqual([true]);
  });

  it("is not reached by a pass that is over before", async () => {
    const { wakeAt, standstill, seen } = begin();
    standstill.end();
    await wakeAt(STANDSTILL_MS);
    expect(seen).toEqual([false]);
  });
});
