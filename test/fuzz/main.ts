// `npm run fuzz -- [requests] [seed]`: the whole run, and what came of it.
import { setup } from "../support/build.ts";
import { buildWorld } from "../journey/attacks/world.ts";
import { fuzz } from "./fuzz.ts";
import { lookText } from "./memory.ts";

const [requests = 100_000, seed = 20_261_122] = process.argv.slice(2).map(Number);

const remove = setup();
// What nobody ends is over soon, so that sessions fall silent within the run.
const soon = { TRACE_IDLE_SECONDS: "5", OPEN_OBSERVATION_IDLE_SECONDS: "5" };
const world = await buildWorld(soon, { inspected: true });
try {
  const report = await fuzz(world, requests, seed, console.error);
  console.log(JSON.stringify({ ...report, memory: report.memory.map(lookText) }, null, 2));
  if (report.findings.length > 0) process.exitCode = 1;
} finally {
  await world.stop();
  remove?.();
}
