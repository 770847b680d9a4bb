// What `npm publish` would publish, as npm itself says, without a network: exactly the allowed files.
import { execFileSync } from "node:child_process";
import { packageProblems } from "./package-contents.ts";

const args = ["publish", "--dry-run", "--json", "--offline"];
const told = execFileSync("npm", args, { encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
const packed = found(JSON.parse(told.slice(told.search(/^[[{]/m))));
const problems = packageProblems(packed.files.map(({ path }) => path));
const kb = (packed.size / 1024).toFixed(1);
console.log(`package: ${packed.files.length} files, ${kb} KB packed`);
if (problems.length > 0) throw new Error(problems.join("; "));

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
