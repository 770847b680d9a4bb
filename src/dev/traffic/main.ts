// Simulated users for a local edge, a program of its own: `npm run dev -- --traffic` starts it, and it ends when the
// one that started it does (its standard input closes), or after its hour.
//   node src/dev/traffic/main.ts <edge> [minutes] [seed] [turns a minute]
import { setTimeout as pause } from "node:timers/promises";
import { playOn, type PlayLength, playPast, type PlayerDeps } from "./player.ts";
import { randomOf } from "./random.ts";

const MINUTE_MS = 60_000;
const READY_WITHIN_MS = 60_000;
const AGAIN_MS = 500;
const MOST_PER_MINUTE = 300;

const [edge = "", minutes = "60", seed = "1", perMinute] = process.argv.slice(2);
const url = `${edge}/api/langfuse/trace`;
const length: PlayLength = {
  ms: Number(minutes) * MINUTE_MS,
  ...(Number(perMinute) > 0 && { perMinute: Math.min(Number(perMinute), MOST_PER_MINUTE) }),
};
if (!/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(edge) || !(length.ms > 0)) {
  process.stderr.write(
    "usage: main.ts http://127.0.0.1:8787 [minutes] [seed] [turns a minute]; only an edge of this machine\n",
  );
  process.exit(2);
}

const stop = new AbortController();
process.stdin.on("end", () => stop.abort()).resume();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
const say = (line: string): void => void process.stdout.write(`[traffic] ${line}\n`);

async function send(body: object): Promise<boolean> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await answer.text();
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function isReady(): Promise<boolean> {
  const until = Date.now() + READY_WITHIN_MS;
  while (!stop.signal.aborted && Date.now() < until) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.text();
    if (answer?.ok === true) return true;
    await pause(AGAIN_MS);
  }
  return false;
}

const { signal } = stop;
const deps: PlayerDeps = {
  send,
  now: () => Date.now(),
  wait: (ms) => pause(ms, undefined, { signal }).catch(() => undefined),
  signal,
};
if (await isReady()) {
  const random = randomOf(Number(seed));
  say(`plays the last ${minutes} minutes at ${edge}/dashboard (seed ${seed})`);
  const past = await playPast(random, length, deps);
  say(
    `${past.turns} turns of the last ${minutes} minutes are in; now as it happens, for ${minutes} minutes`,
  );
  const live = await playOn(random, length, deps);
  const refused = past.refused + live.refused;
  say(`is over: ${past.turns + live.turns} turns, ${refused} requests refused`);
}
process.exit();
