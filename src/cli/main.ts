// The program behind `npx langfuse-edge`.
import { openUrl } from "./open-url.ts";
import { run } from "./run.ts";
import { thisMachine } from "./this-machine.ts";

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  fetch,
  open: (url) => openUrl(url),
  now: () => Date.now(),
  machine: thisMachine(),
});
