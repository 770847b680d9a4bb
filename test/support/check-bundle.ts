// What `wrangler deploy` would upload: no development room in it, and no larger than it should be.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const FORBIDDEN = /(^|\/)src\/(dev|client|dashboard)\/|(^|\/)src\/dev\.ts$|(^|\/)test\//;
/**
 * Gzipped. Workers may be 3 MB on the free plan; a cold start pays for each kilobyte. Langfuse's own paths and OTLP
 * are a fifth of it; what shows an operator his turns (figures, live view, who may look) and SAMPLING a sixth.
 */
const MAX_KB = 195;

const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-bundle-"));
try {
  const args = ["deploy", "--dry-run", "--outdir", folder, "--metafile"];
  execFileSync("wrangler", args, { stdio: "pipe" });
  const meta = JSON.parse(readFileSync(join(folder, "bundle-meta.json"), "utf8")) as {
    inputs: Record<string, unknown>;
  };
  const inputs = Object.keys(meta.inputs);
  const found = inputs.filter((path) => FORBIDDEN.test(path));
  const bundle = join(folder, "index.js");
  const kb = gzipSync(readFileSync(bundle)).length / 1024;
  const size = `${(statSync(bundle).size / 1024).toFixed(0)} KB, ${kb.toFixed(1)} KB gzipped`;
  console.log(`production bundle: ${inputs.length} modules, ${size}`);
  if (!inputs.some((path) => path.endsWith("src/session/session.ts"))) {
    throw new Error("the session is not in the bundle: this check looks at the wrong thing");
  }
  if (found.length > 0) throw new Error(`not for production: ${found.join(", ")}`);
  if (kb > MAX_KB) throw new Error(`larger than ${MAX_KB} KB gzipped`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
