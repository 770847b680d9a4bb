// The folder that holds everything: made for its owner alone, known by a file that says who wrote it, and refused
// where it is somebody else's or of a later version.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { EDGE_VERSION } from "../../protocol/version.ts";
import { FORMAT_VERSION } from "../../session/journal/migrations.ts";
import { ServeError } from "../serve-error.ts";

export interface DataFolder {
  path: string;
  /** Where the objects are. */
  objects: string;
}

interface Marker {
  /** Of the folder itself: where things are, and the keys of the objects. */
  layout: number;
  /** Of the sessions' journals. */
  journal: number;
  /** The last edge that ran here. */
  version: string;
}

const MARKER = "langfuse-edge.json";
const OURS: Marker = { layout: 1, journal: FORMAT_VERSION, version: EDGE_VERSION };
/** What a file system puts into an empty folder, and ourselves before there is a marker. */
const HARMLESS = /^(\.|lost\+found$|locks?$|langfuse-edge\.json\.new$)/;

/** @returns its real path. @throws ServeError, before anything is put into it */
export function makeFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const real = realpathSync(path);
    checkFolder(real);
    return real;
  } catch (error) {
    throw error instanceof ServeError ? error : unusable(path, error);
  }
}

/** To be called by whoever holds its lock. */
export function openFolder(path: string): DataFolder {
  const objects = join(path, "objects");
  try {
    // Once more: another version may have run since.
    checkFolder(path);
    // First, so that a folder with more in it is known for ours whenever this ends.
    writeWhole(join(path, MARKER), `${JSON.stringify(OURS)}\n`);
    mkdirSync(objects, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw error instanceof ServeError ? error : unusable(path, error);
  }
  return { path, objects };
}

function checkFolder(path: string): void {
  const marker = join(path, MARKER);
  if (existsSync(marker)) checkMarker(path, readFileSync(marker, "utf8"));
  else checkEmpty(path);
}

/** Pure. @throws ServeError for a folder of a later version */
export function checkMarker(path: string, text: string, ours: Marker = OURS): void {
  const { layout, journal, version } = parsed(text) ?? {};
  if (typeof layout !== "number" || typeof journal !== "number") {
    throw new ServeError("start", `${join(path, MARKER)} can't be read; restore it from a backup`);
  }
  if (layout <= ours.layout && journal <= ours.journal) return;
  const who = typeof version === "string" ? version.replaceAll(/[^\w.+-]/g, "") : "a later version";
  const what = `was last used by langfuse-edge ${who}, whose data ${ours.version} can't read`;
  throw new ServeError("start", `the data in ${path} ${what}: upgrade, or take another --data`);
}

function parsed(text: string): Partial<Record<keyof Marker, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function checkEmpty(path: string): void {
  const found = readdirSync(path).find((name) => !HARMLESS.test(name));
  if (found === undefined) return;
  const what = `${path} holds other things (${found.slice(0, 60)})`;
  throw new ServeError("start", `${what}: take an empty folder for --data`);
}

/** Either the old or the new, also after a power cut. */
export function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.new`;
  const file = openSync(unfinished, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}

function unusable(path: string, error: unknown): ServeError {
  const why = error instanceof Error ? error.message : String(error);
  return new ServeError("start", `the data folder ${path} can't be used: ${why}`);
}
