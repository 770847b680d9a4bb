// The clients by the names of their folders.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client, Recorded } from "./client-type.ts";

export const CLIENTS = join(import.meta.dirname, "..");

export const clientNames = (): string[] =>
  readdirSync(CLIENTS).filter((name) => existsSync(join(CLIENTS, name, "client.ts")));

export async function clientNamed(name: string): Promise<Client> {
  const module = (await import(join(CLIENTS, name, "client.ts"))) as { client: Client };
  return module.client;
}

const recordingOf = (name: string): string => join(CLIENTS, name, "recorded.json");

/** What the client sent when it was run last, or what was written by hand; undefined where there is neither. */
export async function readRecording(name: string): Promise<readonly Recorded[] | undefined> {
  const { requests } = await clientNamed(name);
  if (requests !== undefined) return requests;
  if (!existsSync(recordingOf(name))) return undefined;
  return JSON.parse(readFileSync(recordingOf(name), "utf8")) as Recorded[];
}

export { recordingOf };
