// Each API of the browser that the library uses, beside the browsers that it promises. The built bundle is
// parsed, so that a new one cannot come in unseen. Versions: MDN's compatibility data (mdn/browser-compat-data),
// as of August 2026.
import { build } from "esbuild";
import { parseAst } from "vite";
import { beforeAll, expect, test } from "vitest";
import { ENTRIES, SCRIPT_TAG, TARGET } from "../../../src/publish/entries.ts";

/** The oldest that the library is for. */
const PROMISED = { chrome: 111, firefox: 119, safari: 16.4 };

type Since = [chrome: number, firefox: number, safari: number];
/** What a page needs not have: the library asks first, and does without. */
interface Optional {
  without: string;
}

const GLOBALS: Record<string, Since | Optional> = {
  AbortController: [66, 57, 12.1],
  AbortSignal: [66, 57, 11.1],
  Array: [1, 1, 1],
  ArrayBuffer: [7, 4, 5.1],
  Boolean: [1, 1, 1],
  CompressionStream: { without: "bodies go as they are" },
  Date: [1, 1, 1],
  Error: [1, 1, 1],
  Headers: [42, 39, 10.1],
  JSON: [3, 3.5, 4],
  Map: [38, 13, 8],
  Math: [1, 1, 1],
  Number: [1, 1, 1],
  Object: [1, 1, 1],
  Promise: [32, 29, 8],
  ReadableStream: [43, 65, 10.1],
  Reflect: [49, 42, 10],
  RegExp: [1, 1, 1],
  Response: [42, 39, 10.1],
  Set: [38, 13, 8],
  String: [1, 1, 1],
  Symbol: [38, 36, 9],
  TextDecoder: [38, 19, 10.1],
  TextEncoder: [38, 18, 10.1],
  TypeError: [1, 1, 1],
  URL: [32, 19, 7],
  Uint32Array: [7, 4, 5.1],
  WeakMap: [36, 6, 8],
  clearInterval: [1, 1, 1],
  clearTimeout: [1, 1, 4],
  console: [1, 4, 1],
  crypto: [37, 1, 5],
  decodeURIComponent: [1, 1, 1.1],
  encodeURIComponent: [1, 1, 1.1],
  fetch: [42, 39, 10.1],
  globalThis: [71, 65, 12.1],
  parseInt: [1, 1, 1],
  performance: [6, 7, 8],
  setInterval: [1, 1, 1],
  setTimeout: [1, 1, 1],
};

/** Members that are younger than the rest, whether the library uses them or not. */
const MEMBERS: Record<string, Since | Optional> = {
  at: [92, 90, 15.4],
  bytes: { without: "a response without it is not asked for it" },
  byobRequest: { without: "only the controllers of byte streams have one" },
  findLast: [97, 104, 15.4],
  fromEntries: [73, 63, 12.1],
  flat: [69, 62, 12],
  flatMap: [69, 62, 12],
  findLastIndex: [97, 104, 15.4],
  getRandomValues: [11, 21, 5],
  locks: { without: "each tab sends what was kept; the edge knows a repeat" },
  indexedDB: { without: "nothing is kept for another page" },
  localStorage: {
    without: "messages and the browser's id are remembered as long as the page is open",
  },
  matchAll: [73, 67, 13],
  requestIdleCallback: { without: "an answer is read in the next task" },
  sessionStorage: { without: "an answer that is resumed has a trace of its own" },
  replaceAll: [85, 77, 13.1],
  // Until Chrome 124 its error has another name; the library does not look at it.
  timeout: [103, 100, 16],
  trimStart: [66, 61, 12],
  toWellFormed: [111, 119, 16.4],
  // Not used: these are missing in one of the promised, or came after them.
  any: [116, 124, 17.4],
  asyncIterator: [124, 110, 27],
  fromAsync: [121, 115, 16.4],
  groupBy: [117, 119, 17.4],
  isSubsetOf: [122, 127, 17],
  textStream: [999, 999, 999],
  toSorted: [110, 115, 16],
  try: [128, 134, 18.2],
  union: [122, 127, 17],
  withResolvers: [119, 121, 17.4],
};

let code: string;
let used: { globals: string[]; members: Set<string> };
beforeAll(async () => {
  const parts = [SCRIPT_TAG, ENTRIES.react].map((path) => `export * from "./${path}";`);
  const { outputFiles } = await build({
    stdin: { contents: parts.join("\n"), resolveDir: ".", loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: TARGET,
    external: ["react"],
    write: false,
    logLevel: "error",
  });
  code = outputFiles[0]?.text ?? "";
  used = namesIn(parseAst(code));
});

interface Node {
  type: string;
  name?: string;
  computed?: boolean;
  [field: string]: unknown;
}
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value;

/**
 * Globals by their names (those of the library itself are shortened, and no global's), and the members
 * that are read by name or taken apart. A global that only a page has, such as `document`, the types do
 * not know outside of `page.ts`, which says what may be missing.
 */
function namesIn(program: unknown): typeof used {
  const names = new Set<string>();
  const members = new Set<string>();
  const visit = (node: Node): void => {
    const { type, name = "", computed, property, key } = node;
    if (type === "Identifier" && name.length > 2 && name in globalThis) names.add(name);
    const member = type === "MemberExpression" ? property : key;
    for (const [field, value] of Object.entries(node)) {
      if (value === member && !computed && field !== "value") {
        if (isNode(member) && member.name) members.add(member.name);
      } else for (const child of [value].flat()) if (isNode(child)) visit(child);
    }
  };
  if (isNode(program)) visit(program);
  return { globals: [...names].toSorted(), members };
}

const isOldEnough = (since: Since | Optional): boolean =>
  "without" in since ||
  (since[0] <= PROMISED.chrome && since[1] <= PROMISED.firefox && since[2] <= PROMISED.safari);

test("every global that the bundle uses is in the table, and nothing else", () => {
  expect(used.globals).toEqual(Object.keys(GLOBALS).toSorted());
});

test("each of them is in every promised browser, or is not needed", () => {
  for (const [name, since] of Object.entries(GLOBALS)) {
    expect({ name, isOldEnough: isOldEnough(since) }).toEqual({ name, isOldEnough: true });
  }
});

test("no member is used that a promised browser lacks", () => {
  const { members } = used;
  for (const [name, since] of Object.entries(MEMBERS)) {
    if (members.has(name))
      expect({ name, isOldEnough: isOldEnough(since) }).toEqual({ name, isOldEnough: true });
  }
  expect(members).toContain("toWellFormed");
  expect(members).not.toContain("withResolvers");
});

test("no stream is iterated: Safari has no such iterator", () => {
  expect(code).not.toMatch(/for\s*await/);
});
