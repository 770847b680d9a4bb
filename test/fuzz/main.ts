// `npm run fuzz -- [requests] [seed]`: the whole run, and what came of it.
import { setup } from "../support/build.ts";
import { buildWorld } from "../journey/attacks/world.ts";
import { fuzz } from "./fuzz.ts";

const [requests = 100_000, seed = 20_261_122] = process.argv.slice(2).map(Number);

const remove = setup();
const world = await buildWorld();
try {
  const report = await fuzz(world, requests, seed, console.error);
  console.log(JSON.stringify(report, null, 2));
  if (report.findings.length > 0) process.exitCode = 1;
} finally {
  await world.stop();
  remove?.();
}
