// Compiles examples: TypeScript and JavaScript by tsc against the sources of the library, in one run;
// Python by its own compiler, where the machine has one.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ENTRIES, SCRIPT_TAG, SERVER, WORKER } from "../../src/publish/entries.ts";
import type { Example } from "./examples.ts";

/** What an example takes for granted: a page with the script tag. */
const AROUND = `declare const LangfuseEdge: typeof import("ROOT/${SCRIPT_TAG}");`;

/** What the compilers say, each line with the place of the example. */
export function compile(examples: readonly Example[]): string[] {
  return [...compileScripts(examples), ...compilePython(examples)];
}

/** Pages and Workers have globals of the same names, and other types. */
function compileScripts(examples: readonly Example[]): string[] {
  const scripts = examples.filter(({ kind }) => kind === "ts" || kind === "tsx" || kind === "js");
  const isWorker = ({ code }: Example): boolean => code.includes("langfuse-edge/worker");
  return [
    ...compileTogether(
      scripts.filter((one) => !isWorker(one)),
      true,
      { lib: ["es2024", "dom", "dom.iterable"], types: ["node"] },
    ),
    ...compileTogether(scripts.filter(isWorker), false, {
      lib: ["es2024"],
      types: ["@cloudflare/workers-types", "node"],
      noImplicitAny: true,
      exactOptionalPropertyTypes: true,
    }),
  ];
}

function compileTogether(scripts: readonly Example[], isPage: boolean, options: object): string[] {
  if (scripts.length === 0) return [];
  // Below the repository, so that its packages are found.
  mkdirSync("dist", { recursive: true });
  const folder = mkdtempSync("dist/docs-");
  try {
    const root = relative(folder, ".");
    const names = scripts.map(({ kind, code }, index) => {
      const name = `example-${index}.${kind}`;
      writeFileSync(join(folder, name), code);
      return name;
    });
    if (isPage) {
      writeFileSync(join(folder, "around.d.ts"), AROUND.replace("ROOT", root));
      names.push("around.d.ts");
    }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configOf(root, names, options)));
    return complaintsOf(folder).map((complaint) =>
      complaint.replace(/^\S*example-(\d+)\.\w+\((\d+),\d+\)/, (_, index: string, line: string) =>
        placeOf(scripts[Number(index)], Number(line)),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function configOf(root: string, names: readonly string[], options: object): object {
  const entries = Object.entries({ ...ENTRIES, server: SERVER, worker: WORKER });
  return {
    compilerOptions: {
      strict: true,
      noImplicitAny: false,
      noEmit: true,
      allowJs: true,
      checkJs: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      target: "es2024",
      module: "esnext",
      moduleResolution: "bundler",
      moduleDetection: "force",
      jsx: "react-jsx",
      paths: Object.fromEntries(
        entries.map(([name, path]) => [`langfuse-edge/${name}`, [`${root}/${path}`]]),
      ),
      ...options,
    },
    files: names,
  };
}

function complaintsOf(folder: string): string[] {
  try {
    execFileSync("tsc", ["--project", folder, "--pretty", "false"], { encoding: "utf8" });
    return [];
  } catch (error) {
    const { stdout = "" } = error as { stdout?: string };
    const lines = stdout.split("\n").filter((line) => line.trim() !== "");
    if (lines.length === 0) throw error;
    return lines;
  }
}

/** `line` of the example's code, as a line of its page. */
function placeOf(example: Example | undefined, line: number): string {
  const [path, fence] = (example?.where ?? "?:0").split(":");
  return `${path}:${Number(fence) + line}`;
}

const PYTHON = `
import json, sys
for example in json.load(sys.stdin):
    try:
        compile(example["code"], example["where"], "exec")
    except SyntaxError as error:
        print(f"{example['where']}: line {error.lineno}: {error.msg}")
`;

function compilePython(examples: readonly Example[]): string[] {
  const programs = examples.filter(({ kind }) => kind === "py");
  if (programs.length === 0) return [];
  const input = JSON.stringify(programs);
  const { error, status, stdout, stderr } = spawnSync("python3", ["-c", PYTHON], {
    input,
    encoding: "utf8",
  });
  if (error !== undefined) {
    console.warn(`python3 is not here: ${programs.length} examples in Python are not compiled`);
    return [];
  }
  if (status !== 0) throw new Error(stderr);
  return stdout.split("\n").filter((line) => line !== "");
}
