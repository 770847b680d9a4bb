// What `npm publish` would publish, as npm itself says, without a network: exactly the allowed files, entries that
// every resolver finds with their types, and a command that runs from where it is unpacked, with nothing beside it.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EDGE_VERSION } from "../../src/protocol/version.ts";
import { packageProblems } from "./package-contents.ts";

const args = ["publish", "--dry-run", "--json", "--offline"];
const told = execFileSync("npm", args, { encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
const packed = found(JSON.parse(told.slice(told.search(/^[[{]/m))));
const problems = packageProblems(packed.files.map(({ path }) => path));
const kb = (packed.size / 1024).toFixed(1);
console.log(`package: ${packed.files.length} files, ${kb} KB packed`);
if (problems.length > 0) throw new Error(problems.join("; "));
runCommand();

interface Packed {
  files: { path: string }[];
  size: number;
}

/** npm 10 answers with the package itself, npm 11 by its name. */
function found(answer: object): Packed {
  if ("files" in answer) return answer as Packed;
  const [first] = Object.values(answer) as Packed[];
  if (first === undefined) throw new Error("nothing would be published");
  return first;
}

function runCommand(): void {
  const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-package-"));
  try {
    const args = ["pack", "--ignore-scripts", "--offline", "--pack-destination", folder];
    execFileSync("npm", args, { stdio: "ignore" });
    const [archive = ""] = readdirSync(folder);
    checkEntries(join(folder, archive));
    execFileSync("tar", ["-xzf", join(folder, archive), "-C", folder]);
    const command = join(folder, "package", "dist", "cli", "main.js");
    const version = execFileSync(command, ["version"], { encoding: "utf8" }).trim();
    if (version !== EDGE_VERSION) throw new Error(`the command says it is ${version}`);
    const help = execFileSync(command, [], { encoding: "utf8" });
    if (!help.includes("dead-letters replay")) throw new Error("the command's help lacks commands");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By the two judges of packages: resolvers of all kinds find each entry, and types of the same form. */
function checkEntries(archive: string): void {
  execFileSync("publint", ["run", archive, "--strict"], { stdio: ["ignore", "ignore", "inherit"] });
  // The one file is for script tags, and has no types.
  const args = [archive, "--profile", "esm-only", "--exclude-entrypoints", "langfuse-edge.js"];
  const { status, stdout } = spawnSync("attw", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`entries whose types do not resolve: ${stdout}`);
}
