// `npm run dev`: the Worker under `wrangler dev`, which gets all arguments, and beside it the demo's two
// chat backends. The Worker is what matters: nothing waits for a backend, a backend that dies or cannot
// run stops nothing, and when the Worker ends everything does.
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { stopSignals } from "../../stopping/stop-signals.ts";
import {
  type BackendId,
  BACKENDS_VARIABLE,
  type BackendUrls,
  ORIGIN_VARIABLE,
} from "../demo/backends.ts";
import { askedPort, askedTraffic, stateArguments, USUAL_PORT } from "./arguments.ts";
import { backendProgram } from "./backend-program.ts";
import { freePort } from "./free-port.ts";
import { keepRunning } from "./keep-running.ts";
import { langfuseOf } from "./langfuse-of.ts";
import { startTraffic } from "./start-traffic.ts";
import { endWith, startWorker } from "./worker-program.ts";
import { refusedFolder, WRITTEN_FOLDERS } from "./written-folders.ts";

const DEV_VARS = ".dev.vars";

const say = (line: string): void => void process.stdout.write(`[demo] ${line}\n`);
const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};
const refused = refusedFolder(WRITTEN_FOLDERS, { exists: existsSync, isWritable });
if (refused !== undefined) {
  process.stderr.write(
    `npm run dev builds and keeps its data in this clone, and this user may not write to ${resolve(refused)}: ` +
      "make it yours (chown -R), or take a clone of your own\n",
  );
  process.exit(1);
}
const { traffic, rest: args } = askedTraffic(process.argv.slice(2));
const asked = askedPort(args);
const port = asked ?? (await freePort(USUAL_PORT));
const edge = `http://127.0.0.1:${port}`;
const devVars = existsSync(DEV_VARS) ? readFileSync(DEV_VARS, "utf8") : "";
const env = {
  ...process.env,
  NO_PROXY: "127.0.0.1",
  no_proxy: "127.0.0.1",
  ...langfuseOf(devVars, args, edge),
};
const start = async (id: BackendId) => {
  const backendPort = await freePort();
  const { possible, stop } = keepRunning(backendProgram(id, backendPort, env), say);
  if (!possible) say(`the ${id} backend is left out: this machine cannot run it`);
  return { url: possible ? `http://127.0.0.1:${backendPort}` : null, stop };
};
const node = await start("node");
const python = await start("python");
const urls: BackendUrls = { node: node.url, python: python.url };
say(`the page ${edge}/ and the chat ${edge}/demo, as soon as the Worker is ready`);
say(
  `what users wait for ${edge}/dashboard${traffic ? "" : " (filled by the chat, or by --traffic)"}`,
);

const variables = [`${BACKENDS_VARIABLE}:${JSON.stringify(urls)}`, `${ORIGIN_VARIABLE}:${edge}`];
const wranglers = ["dev", "--config", "wrangler.dev.toml", ...args];
for (const variable of variables) wranglers.push("--var", variable);
if (asked === undefined) wranglers.push("--port", String(port));
wranglers.push(...stateArguments(args, port));
const stopping = stopSignals();
const wrangler = startWorker(wranglers);
endWith(wrangler, stopping);
const users = traffic && startTraffic(edge, traffic);
wrangler.once("exit", (code) => {
  process.exitCode = code ?? 1;
  stopping.dispose();
  users?.stop();
  void Promise.all([node.stop(), python.stop()]);
});
