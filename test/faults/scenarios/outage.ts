// Langfuse is down for longer than several tries, then back; or it fails now and then in every way. All
// arrives, in order, and neither the outage nor the return is a stampede.
import { always, mix, phases, type Reply, slow, status } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import { mostASecond } from "../judge/rates.ts";
import type { Scenario, Variant } from "../scenario.ts";

/** While it is down: requests a minute that a Langfuse in trouble must see at most. */
const MOST_A_MINUTE = 40;
/** When it is back and answers in 0 to 200 ms: four connections make 40 of that on average, and 46 were seen. */
const MOST_A_SECOND = 80;

interface Outage {
  name: string;
  reply: Reply;
  forMs: number;
  sessions: number;
  /** After it is back. */
  recoveryMs: number;
  short?: true;
}

const OUTAGES: Outage[] = [
  {
    name: "502 for 15 s",
    reply: status(502),
    forMs: 15_000,
    sessions: 6,
    recoveryMs: 30_000,
    short: true,
  },
  {
    name: "502 for 3 minutes",
    reply: status(502),
    forMs: 180_000,
    sessions: 40,
    recoveryMs: 60_000,
  },
  {
    name: "connections reset for 3 minutes",
    reply: { kind: "reset" },
    forMs: 180_000,
    sessions: 40,
    recoveryMs: 60_000,
  },
  {
    name: "hangs for 3 minutes",
    reply: { kind: "hang" },
    forMs: 180_000,
    sessions: 40,
    recoveryMs: 90_000,
  },
  {
    name: "429 with Retry-After 20 for 3 minutes",
    reply: status(429, { retryAfter: "20" }),
    forMs: 180_000,
    sessions: 40,
    recoveryMs: 60_000,
  },
  {
    name: "500 for 10 minutes",
    reply: status(500),
    forMs: 600_000,
    sessions: 60,
    recoveryMs: 90_000,
  },
];

export const outage: Scenario = {
  name: "outage",
  tries:
    "Langfuse down, hanging, resetting connections or limiting for minutes, then back; every way to fail, now and then",
  variants: [...OUTAGES.map(variantOf), weather()],
};

function variantOf({ name, reply, forMs, sessions, recoveryMs, short }: Outage): Variant {
  return {
    name,
    short: short === true,
    work: async (world, seed) => {
      const { langfuse } = world;
      langfuse.behave(phases([[forMs, always(reply)]], slow(seed, 200)));
      const back = Date.now() + forMs;
      const plan = planOf({
        seed,
        now: Date.now(),
        sessions,
        turns: 5,
        startMs: (n) => (n * forMs) / sessions / 2,
        turnPauseMs: forMs / 10,
      });
      await world.run(plan, forMs * 2);
      await world.arrival(Math.max(0, back - Date.now()) + 2 * recoveryMs);
      const last = Math.max(back, ...langfuse.copies.map(({ at }) => at));
      const times = langfuse.seen.map(({ at }) => at);
      const during = times.filter((at) => at < back);
      const after = mostASecond(times.filter((at) => at >= back));
      const aMinute = Math.round((during.length * 60_000) / forMs);
      const late: string[] = [];
      // Its first tries come close together, however short it is.
      if (during.length > MOST_A_MINUTE * Math.max(1, forMs / 60_000))
        late.push(`${during.length} requests while it was down`);
      if (after > MOST_A_SECOND) late.push(`${after} requests in a second when it was back`);
      if (last - back > recoveryMs) late.push(`all was there ${last - back} ms after it was back`);
      return {
        broken: [],
        late,
        figures: {
          "requests a minute while down": aMinute,
          "most a second when back": after,
          "all there after, s": Math.round((last - back) / 100) / 10,
        },
      };
    },
  };
}

/** Every way to fail, one request in three, for a while. */
function weather(): Variant {
  const name = "every way to fail, now and then";
  const forMs = 40_000;
  return {
    name,
    short: false,
    work: async (world, seed) => {
      const { langfuse } = world;
      const choices: [number, Reply][] = [
        [10, { kind: "ok", afterMs: 300 }],
        [1, status(500)],
        [1, status(502, { body: "<html>bad gateway</html>" })],
        [1, status(429, { retryAfter: "2" })],
        [1, { kind: "reset" }],
        [1, { kind: "half" }],
        // Taken, but its client gave up before.
        [1, { kind: "ok", afterMs: 25_000 }],
      ];
      langfuse.behave(phases([[forMs, mix(seed, choices)]], slow(seed, 200)));
      const now = Date.now();
      const plan = planOf({ seed, now, sessions: 20, turns: 6, turnPauseMs: forMs / 5 });
      await world.run(plan, forMs * 3);
      const lateMs = await world.arrival(180_000);
      return { broken: [], figures: { "all there after, s": Math.round(lateMs / 100) / 10 } };
    },
  };
}
