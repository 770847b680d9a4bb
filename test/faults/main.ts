// `npm run faults -- [--only kills,poison/hang,…] [--seed n] [--short] [--at-once n] [--out folder]`: what was
// tried and what came of it, as a table; all figures and the edge's logs are in that folder. A run in pieces is
// one report: each variant stands there as it went last. `--list` names the variants, `--accept` writes the
// report into docs/operations.md, and `--record` keeps this version's journals for the versions after it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { EDGE_VERSION } from "../../src/protocol/version.ts";
import { setup } from "../support/build.ts";
import { accept } from "./report/accept.ts";
import { keptIn, keep } from "./report/pieces.ts";
import { brokenText, tableOf } from "./report/report.ts";
import { brokenIn } from "./report/result.ts";
import { runAll } from "./run.ts";
import { chosen } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { record } from "./scenarios/releases.ts";
import { inWorld } from "./world.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string", default: "" },
    short: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    accept: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    "at-once": { type: "string", default: "4" },
    out: { type: "string", default: "dist/faults" },
  },
});
const seed = Number(values.seed);
const { out } = values;
const variants = chosen(SCENARIOS, values.only).filter(({ short }) => short || !values.short);
const tell = (text: string): void => void process.stderr.write(`${text}\n`);

async function tryThem(): Promise<void> {
  tell(`seed ${seed}, ${variants.length} runs`);
  mkdirSync(out, { recursive: true });
  const results = await runAll(variants, seed, Number(values["at-once"]), (result) => {
    const broken = brokenIn(result);
    const name = `${result.scenario}: ${result.variant}`;
    tell(`${name} (plan ${result.plan}): ${broken.length === 0 ? "kept" : broken.join("\n  ")}`);
    const file = name.replace(/\W+/g, "-");
    writeFileSync(join(out, `${file}.log`), [...result.story, ...result.log].join("\n"));
    keep(out, result);
  });
  const broken = brokenText(results);
  const report = [`Seed ${seed}.`, tableOf(results), ...(broken === "" ? [] : [broken])];
  writeFileSync(join(out, "report.md"), `${report.join("\n\n")}\n`);
  process.stdout.write(`${report.join("\n\n")}\n`);
  if (broken !== "") process.exitCode = 1;
}

async function recordRelease(): Promise<void> {
  await inWorld({ scenario: "versions", variant: "record", seed }, async (world) => {
    const file = join(import.meta.dirname, `journals/${EDGE_VERSION}.json`);
    writeFileSync(file, `${JSON.stringify(await record(world, EDGE_VERSION, seed))}\n`);
    tell(file);
    return { broken: [] };
  });
}

if (values.list) {
  for (const { scenario, name, short } of variants) {
    process.stdout.write(`${scenario}/${name}${short ? " (short)" : ""}\n`);
  }
} else if (values.accept) {
  accept(keptIn(out), SCENARIOS);
} else {
  const remove = setup();
  try {
    await (values.record ? recordRelease() : tryThem());
  } finally {
    remove?.();
  }
}
