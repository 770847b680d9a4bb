// `langfuse-edge serve`: the production Worker on this machine, from its options to its end. Effects only: what is
// decided is decided in the files beside it.
import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { rootCertificates } from "node:tls";
import { EDGE_VERSION } from "../protocol/version.ts";
import { readSettings, type Settings } from "../settings/index.ts";
import { checkPort } from "./machine/check-port.ts";
import { type DataFolder, makeFolder, openFolder, writeWhole } from "./machine/data-folder.ts";
import { parseSettingsFile } from "./options/settings-file.ts";
import { removeEmptyObjects } from "./machine/empty-objects.ts";
import { findRuntime, type Runtime } from "./machine/find-runtime.ts";
import { lockFolder } from "./machine/folder-lock.ts";
import { hostOptions, withRateLimits } from "./runtime/host-options.ts";
import { logLine, type LogRecord, redacted, runtimeRecord } from "./log-line.ts";
import { authority, type ServeOptions } from "./options/options.ts";
import { type PackageFiles, packageFiles } from "./machine/package-files.ts";
import { CONTROL_TOKEN_VARIABLE, runtimeConfig, variableAt } from "./runtime/runtime-config.ts";
import { startRuntime } from "./runtime/runtime-process.ts";
import { stopSignals } from "../stopping/stop-signals.ts";
import { ServeError } from "./serve-error.ts";
import { supervise } from "./runtime/supervise.ts";
import { secretsIn, workerVariables } from "./options/worker-variables.ts";

export interface ServeShell {
  env: Readonly<Record<string, string | undefined>>;
  out: (text: string) => void;
  err: (text: string) => void;
  isTerminal: boolean;
  /** Path of the command's own file. */
  command: string;
}

const SPARE_MS = 500;

type Log = (record: LogRecord) => void;

/** Resolves when it was told to stop. @throws ServeError */
export async function serve(options: ServeOptions, shell: ServeShell): Promise<void> {
  const { env, out, err } = shell;
  // What is made here is for nobody else to read.
  process.umask(0o077);
  const file = options.settings === undefined ? {} : readSettingsFile(options.settings, err);
  const variables = workerVariables(env, file);
  const secrets = secretsIn(variables);
  const format = options.log ?? (shell.isTerminal ? "text" : "json");
  const log: Log = (record) => {
    out(`${redacted(logLine(record, format, Date.now()), secrets)}\n`);
  };
  const built = packageFiles(shell.command);
  const folders = [dirname(shell.command), process.cwd()];
  const say = (line: string): void => err(`langfuse-edge: ${line}\n`);
  const path = makeFolder(resolve(options.data));
  const lock = await lockFolder(path);
  if (!lock.isHeld) say(`${path} can't be locked: see that no second edge uses it`);
  try {
    const data = openFolder(path);
    await checkPort(options.host, options.port);
    removeEmptyObjects(data.objects);
    const runtime = await findRuntime({ env, folders, say });
    await run({ options, env, variables, built, data, runtime, log });
  } finally {
    lock.release();
  }
}

interface Run {
  options: ServeOptions;
  env: ServeShell["env"];
  variables: Record<string, string>;
  built: PackageFiles;
  data: DataFolder;
  runtime: Runtime;
  log: Log;
}

async function run(running: Run): Promise<void> {
  const { options, env, variables, built, data, runtime, log } = running;
  const settings = readSettings(withRateLimits(variables, built.config));
  if (settings.storage.kind === "within") {
    throw new ServeError(
      "usage",
      "DO_JURISDICTION says where Cloudflare stores: leave it out here",
    );
  }
  const token = randomBytes(24).toString("base64url");
  const config = join(data.path, "workerd.capnp");
  const certificates = [...rootCertificates, ...extraCertificates(env)];
  const write = (port: number): void => {
    const { host, trustedProxies } = options;
    const text = runtimeConfig({
      worker: built.config,
      folders: { assets: built.assets, objects: data.objects },
      modules: built.modules,
      host,
      port,
      options: hostOptions(built.config, built.files, trustedProxies, settings),
      variables: Object.keys(variables),
      certificates,
    });
    writeWhole(config, text);
  };
  const stopping = stopSignals();
  try {
    let announced = false;
    await supervise({
      start: (port = options.port) => {
        write(port);
        const child = { ...runtimeEnvironment(env, variables), [CONTROL_TOKEN_VARIABLE]: token };
        const onLine = (line: string): void => log(runtimeRecord(line));
        return startRuntime({ program: runtime.path, config, env: child, onLine });
      },
      drain: async (port, limitMs) => {
        await askHost(port, token, `/drain?limitMs=${limitMs}`, limitMs + SPARE_MS);
      },
      onListening: ({ port, controlPort }, { pid }) => {
        const url = `http://${authority(options.host, port)}`;
        log({ level: "info", event: announced ? "restarted" : "started", url, pid });
        void askHost(controlPort, token, "/health", SPARE_MS);
        if (!announced) tellSurroundings(running, settings);
        announced = true;
      },
      ...stopping,
      log,
      now: () => Date.now(),
      sleep,
    });
    log({ level: "info", event: "stopped" });
  } finally {
    stopping.dispose();
  }
}

/** What one should know of this edge, once. */
function tellSurroundings({ built, data, runtime, log }: Run, settings: Settings): void {
  const { defaultProject, access } = settings;
  const { elsewhere } = built.config;
  log({
    level: "info",
    event: "running",
    version: EDGE_VERSION,
    workerd: runtime.version,
    data: data.path,
    langfuse: defaultProject?.baseUrl ?? "not configured",
    browsers: access.modes.size === 0 ? "none" : [...access.modes].join(","),
    rateLimits: "counted in this process",
  });
  for (const [kind, names] of Object.entries(elsewhere)) {
    log({ level: "warn", event: "not_here", kind, bindings: names.join(",") });
  }
}

function readSettingsFile(path: string, err: ServeShell["err"]): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
    if ((statSync(path).mode & 0o004) !== 0) {
      err(`langfuse-edge: ${path} can be read by every user of this machine: chmod 600 ${path}\n`);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServeError("usage", `the settings can't be read: ${why}`);
  }
  return parseSettingsFile(text);
}

/** As Node.js itself has them: a file of PEM blocks. */
function extraCertificates(env: ServeShell["env"]): string[] {
  const path = env["NODE_EXTRA_CA_CERTS"];
  if (path === undefined || path === "") return [];
  try {
    const pem = readFileSync(path, "utf8");
    return pem.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServeError("usage", `NODE_EXTRA_CA_CERTS can't be read: ${why}`);
  }
}

const PASSED_ON = ["TMPDIR", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

function runtimeEnvironment(
  env: ServeShell["env"],
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const numbered = Object.values(variables).map((value, at) => [variableAt(at), value] as const);
  return Object.fromEntries([...passed, ...numbered]);
}

/** A call of the host's own socket. Nothing depends on its answer. */
async function askHost(port: number, token: string, path: string, limitMs: number): Promise<void> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(limitMs),
    });
    await answer.text();
  } catch {
    // It has ended, or takes too long.
  }
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await later(ms, undefined, signal === undefined ? { ref: false } : { signal });
  } catch {
    // Told to stop.
  }
}
