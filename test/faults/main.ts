// `npm run faults -- [--seed n] [--scenario name,…] [--variant text] [--short] [--at-once n] [--out folder]`: what was
// tried and what came of it, as a table; all figures and the edge's logs are in that folder.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { setup } from "../support/build.ts";
import { brokenText, tableOf } from "./report.ts";
import { brokenIn } from "./result.ts";
import { runAll } from "./run.ts";
import { SCENARIOS } from "./scenarios/index.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    scenario: { type: "string", default: SCENARIOS.map(({ name }) => name).join(",") },
    variant: { type: "string", default: "" },
    short: { type: "boolean", default: false },
    "at-once": { type: "string", default: "4" },
    out: { type: "string", default: "dist/faults" },
  },
});
const seed = Number(values.seed);
const named = new Set(values.scenario.split(","));
const variants = SCENARIOS.filter(({ name }) => named.has(name))
  .flatMap(({ variants }) => variants)
  .filter(({ name, short }) => name.includes(values.variant) && (short || !values.short));

const { out } = values;
const tell = (text: string): void => void process.stderr.write(`${text}\n`);
tell(`seed ${seed}, ${variants.length} runs`);
mkdirSync(out, { recursive: true });
const remove = setup();
try {
  const results = await runAll(variants, seed, Number(values["at-once"]), (result) => {
    const broken = brokenIn(result);
    tell(
      `${result.scenario}: ${result.variant}: ${broken.length === 0 ? "kept" : broken.join("\n  ")}`,
    );
    const name = `${result.scenario}-${result.variant}`.replace(/\W+/g, "-");
    writeFileSync(`${out}/${name}.log`, [...result.story, ...result.log].join("\n"));
  });
  const told = results.map(({ log: _log, story: _story, ...result }) => result);
  writeFileSync(`${out}/results.json`, JSON.stringify({ seed, results: told }, null, 2));
  const broken = brokenText(results);
  const report = [`Seed ${seed}.`, tableOf(results), ...(broken === "" ? [] : [broken])].join(
    "\n\n",
  );
  writeFileSync(`${out}/report.md`, `${report}\n`);
  process.stdout.write(`${report}\n`);
  if (broken !== "") process.exitCode = 1;
} finally {
  remove?.();
}
