// The configuration of workerd, as Cap'n Proto text. Pure. It names files and sockets and holds no secret: values of
// settings come to the runtime by its environment, under numbers.
import type { HostOptions } from "../host/host-env.ts";
import { authority } from "../options/options.ts";
import type { WorkerConfig } from "./worker-config.ts";

export interface RuntimePlan {
  worker: WorkerConfig;
  /** Absolute paths. */
  folders: { assets: string; objects: string };
  /** Absolute paths of the modules, by name, the main one first. */
  modules: Readonly<Record<string, string>>;
  host: string;
  port: number;
  options: HostOptions;
  /** Names of the Worker's variables, in the order of their numbers. */
  variables: readonly string[];
  /** PEM, besides those that the runtime trusts anyway. */
  certificates: readonly string[];
}

export const CONTROL_TOKEN_VARIABLE = "LANGFUSE_EDGE_HOST_TOKEN";
export const SOCKETS = { http: "http", control: "control" } as const;
/** The flag that is a default from this date on: the runtime warns of it where it is set nevertheless. */
const NODEJS_COMPAT = { flag: "nodejs_compat", defaultFrom: "2026-08-04" };
/** Objects are found by these keys: they never change. */
const uniqueKey = (className: string): string => `langfuse-edge-${className}`;

/** The variable by which the runtime gets the nth setting: no setting's name can mean something to it. */
export const variableAt = (at: number): string => `LANGFUSE_EDGE_VAR_${at}`;

export function runtimeConfig(plan: RuntimePlan): string {
  const { folders, certificates, host, port } = plan;
  const trusted = certificates.map(text).join(", ");
  const flags = flagsOf(plan.worker).map(text).join(", ");
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  logging = (structuredLogging = true),
  services = [
    (name = "edge", worker = .edge),
    (name = "objects", disk = (path = ${text(folders.objects)}, writable = true)),
    (name = "files", disk = (path = ${text(folders.assets)})),
    (name = "internet", network = (
      allow = ["public", "private"],
      tlsOptions = (trustBrowserCas = true, trustedCertificates = [${trusted}])
    )),
  ],
  sockets = [
    (name = ${text(SOCKETS.http)}, address = ${text(authority(host, port))}, http = (), service = "edge"),
    (name = ${text(SOCKETS.control)}, address = "127.0.0.1:0", http = (),
      service = (name = "edge", entrypoint = "HostControl")),
  ],
);

const edge :Workerd.Worker = (
  modules = [
${modulesOf(plan.modules)}  ],
  compatibilityDate = ${text(plan.worker.compatibility_date)},
  compatibilityFlags = [${flags}],
  bindings = [
${bindingsOf(plan)
  .map((binding) => `    ${binding},\n`)
  .join("")}  ],
  durableObjectNamespaces = [
${namespacesOf(plan.worker)
  .map((namespace) => `    ${namespace},\n`)
  .join("")}  ],
  durableObjectStorage = (localDisk = "objects"),
);
`;
}

function modulesOf(modules: RuntimePlan["modules"]): string {
  const lines = Object.entries(modules).map(
    ([name, path]) => `    (name = ${text(name)}, esModule = embed ${text(path)}),\n`,
  );
  return lines.join("");
}

function flagsOf({ compatibility_date: date, compatibility_flags: flags }: WorkerConfig): string[] {
  return flags.filter((one) => one !== NODEJS_COMPAT.flag || date < NODEJS_COMPAT.defaultFrom);
}

function bindingsOf({ worker, options, variables }: RuntimePlan): string[] {
  const entrypoint = (name: string, props?: object): string => {
    const given = props === undefined ? "" : `, props = (json = ${text(JSON.stringify(props))})`;
    return `service = (name = "edge", entrypoint = ${text(name)}${given})`;
  };
  const vars = Object.entries(worker.vars).filter(([name]) => !variables.includes(name));
  const named: [string, string][] = [
    ...vars.map(([name, value]): [string, string] => [
      name,
      `json = ${text(JSON.stringify(value))}`,
    ]),
    ...variables.map((name, at): [string, string] => [
      name,
      `fromEnvironment = ${text(variableAt(at))}`,
    ]),
    ...worker.durable_objects.bindings.map(({ name, class_name }): [string, string] => [
      name,
      `durableObjectNamespace = ${text(class_name)}`,
    ]),
    ...worker.queues.producers.map(({ binding, queue }): [string, string] => [
      binding,
      entrypoint("HostProducer", { queue }),
    ]),
    ["HOST_OPTIONS", `json = ${text(JSON.stringify(options))}`],
    ["HOST_FILES", `service = "files"`],
    ["HOST_QUEUE", `durableObjectNamespace = "HostQueue"`],
    ["HOST_CONSUMER", entrypoint("HostConsumer")],
    ["HOST_TOKEN", `fromEnvironment = ${text(CONTROL_TOKEN_VARIABLE)}`],
  ];
  return named.map(([name, value]) => `(name = ${text(name)}, ${value})`);
}

function namespacesOf({ durable_objects: { bindings } }: WorkerConfig): string[] {
  const classes = new Set(bindings.map(({ class_name }) => class_name));
  return [
    ...Array.from(
      classes,
      (name) =>
        `(className = ${text(name)}, uniqueKey = ${text(uniqueKey(name))}, enableSql = true)`,
    ),
    `(className = "HostQueue", uniqueKey = ${text(uniqueKey("HostQueue"))}, preventEviction = true)`,
  ];
}

/** A text of Cap'n Proto: bytes outside of printable ASCII by their number. */
function text(value: string): string {
  const bytes = Array.from(new TextEncoder().encode(value), (byte) => {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    return plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `"${bytes.join("")}"`;
}
