// The options of `serve`, checked. Pure.
import { parseRanges } from "../host/addresses.ts";
import { ServeError } from "../serve-error.ts";

export type LogFormat = "json" | "text";

export interface ServeOptions {
  host: string;
  /** 0: any that is free. */
  port: number;
  /** The folder that holds everything. */
  data: string;
  /** Settings, in a file. */
  settings?: string;
  trustedProxies: string[];
  /** Else text on a terminal, JSON anywhere else. */
  log?: LogFormat;
}

export const DEFAULTS = {
  host: "127.0.0.1",
  port: "8787",
  data: "langfuse-edge-data",
} as const;

const MAX_PORT = 65_535;

export function readOptions(given: Readonly<Record<string, string | undefined>>): ServeOptions {
  const { host = DEFAULTS.host, port = DEFAULTS.port, data = DEFAULTS.data, log } = given;
  const { settings, "trusted-proxies": proxies = "" } = given;
  if (!/^\d{1,5}$/.test(port) || Number(port) > MAX_PORT) {
    throw new ServeError("usage", `--port must be a number from 0 to ${MAX_PORT}`);
  }
  if (host.trim() === "" || /[/\s]/.test(host)) {
    throw new ServeError("usage", "--host must be an address or a name of this machine");
  }
  if (log !== undefined && log !== "json" && log !== "text") {
    throw new ServeError("usage", "--log must be json or text");
  }
  const trustedProxies = proxies.split(",").flatMap((one) => one.trim() || []);
  const wrong = trustedProxies.find((one) => parseRanges(one) === undefined);
  if (wrong !== undefined) {
    const forms = "an address, a range such as 10.0.0.0/8, loopback or private";
    throw new ServeError("usage", `--trusted-proxies: ${wrong} is none of ${forms}`);
  }
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port),
    data,
    ...(settings !== undefined && { settings }),
    trustedProxies,
    ...(log !== undefined && { log }),
  };
}

/** As a URL and the runtime have it: IPv6 in brackets. */
export function authority(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
