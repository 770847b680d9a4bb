// What a client tells of the machine that it ran on, as in a traceback, is no part of a recording. Pure.
import { gunzipSync } from "node:zlib";
import type { Recorded } from "./client-type.ts";

/** A folder of this machine, and what it is called instead. */
export type Place = readonly [path: string, name: string];

const BEFORE = String.raw`(?<![\w.~-])`;

/** Of any machine: where Python's packages are, and who is at home. */
const ANYWHERE: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.~-])(?:\/[\w.@+-]+)+\/(site|dist)-packages(?=\/)/g, "$1-packages"],
  [/(?<![\w.~-])(?:\/[\w.@+-]+)+\/lib\/(python[\d.]+)(?=\/)/g, "$1"],
  [/(?<![\w.~-])\/(?:home|Users)\/[\w.@+-]+(?=\/)|(?<![\w.~-])\/root(?=\/)/g, "~"],
];
/** What is left of none of them. */
const LEFT =
  /(?<![\w.~-])(?:\/(?:home|Users|root|tmp|work|private|var\/folders|opt|mnt|srv|workspaces?)\/[\w.@+-]+|(?:\/[\w.@+-]+)+\/(?:site|dist)-packages\/)/;

const plainSlashes = (text: string): string => text.replaceAll("\\/", "/");

/** A recorded request without this machine's paths. @throws where one stands in bytes, whose lengths are told */
export function withoutPaths(request: Recorded, places: readonly Place[]): Recorded {
  if (request.encoding === undefined) return { ...request, body: cleaned(request.body, places) };
  const path = machinePath(request);
  if (path === undefined) return request;
  throw new Error(`${request.path}: the body has a path of this machine in it (${path})`);
}

const escaped = (path: string): string => path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

function cleaned(text: string, places: readonly Place[]): string {
  // The longest first: a program's folder may be within the user's.
  const own = [...places]
    .sort(([a], [b]) => b.length - a.length)
    .map(
      ([path, name]) => [new RegExp(`${BEFORE}${escaped(path)}(?![\\w.-])`, "g"), name] as const,
    );
  const plain = plainSlashes(text);
  const clean = [...own, ...ANYWHERE].reduce(
    (left, [pattern, name]) => left.replace(pattern, name),
    plain,
  );
  return clean === plain ? text : clean;
}

/** A path that says something of a machine; undefined where there is none. */
export function machinePath({ body, encoding }: Recorded): string | undefined {
  if (encoding === undefined) return machinePathIn(body);
  const bytes = Buffer.from(body, encoding);
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return machinePathIn((isZipped ? gunzipSync(bytes) : bytes).toString("latin1"));
}

const machinePathIn = (text: string): string | undefined => LEFT.exec(plainSlashes(text))?.[0];
