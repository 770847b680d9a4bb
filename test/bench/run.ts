// `npm run bench`: asks the questions one after the other, keeps what each measured as JSON, and says
// what it means. A question that fails costs only its own row.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Arguments, readArguments } from "./arguments.ts";
import { Bench } from "./bench.ts";
import { measureDeployment } from "./deployment.ts";
import { isMet, type Question } from "./question.ts";
import { QUESTIONS } from "./questions/index.ts";
import { chartOf } from "./report/chart.ts";
import { withPerformance } from "./report/page.ts";
import { goalOf, rowsOf, valueOf } from "./report/table.ts";
import {
  ACCEPTED,
  LAST_RUN,
  newResults,
  readResults,
  type Results,
  writeResults,
} from "./results.ts";

const FOLDER = "dist/bench";

/** Asks what is left of `asked`, until nothing is. */
async function ask(
  asked: Question[],
  args: Arguments,
  results: Results,
  folder: string,
): Promise<void> {
  const bench = await Bench.start({
    size: args.smoke ? "smoke" : "full",
    rounds: args.rounds,
    folder,
  });
  try {
    for (let one = asked.shift(); one !== undefined; one = asked.shift()) {
      const began = Date.now();
      const when = new Date(began).toISOString();
      const seconds = (): number => Math.round((Date.now() - began) / 1000);
      try {
        const raw = await one.run(bench);
        results.questions[one.name] = { when, rounds: args.rounds, seconds: seconds(), raw };
        print(one, raw, seconds());
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        results.questions[one.name] = {
          when,
          rounds: args.rounds,
          seconds: seconds(),
          error: text,
        };
        console.error(`\n${one.question}\n  failed: ${text}`);
      } finally {
        await bench.stopVariants();
      }
      if (!args.smoke) writeResults(LAST_RUN, results);
    }
  } finally {
    await bench.stop();
  }
}

function print(one: Question, raw: unknown, seconds: number): void {
  console.log(`\n${one.question} [${one.name}, ${seconds} s]`);
  for (const figure of one.figures(raw)) {
    const met = isMet(figure);
    const verdict = met === undefined ? "" : `  ${met ? "met" : "NOT MET"}: ${goalOf(figure)}`;
    console.log(`  ${figure.label}: ${valueOf(figure)}${verdict}`);
  }
}

const PAGE = "docs/performance.md";

function accept(results: Results): void {
  writeResults(ACCEPTED, results);
  execFileSync("oxfmt", [ACCEPTED]);
  writeFileSync(PAGE, withPerformance(readFileSync(PAGE, "utf8"), QUESTIONS, results));
  writeFileSync("docs/performance.svg", chartOf(QUESTIONS, results));
  console.log(`\n${ACCEPTED}, ${PAGE} and docs/performance.svg say this now`);
}

async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  if (args.url !== undefined) {
    const { url, token, basic } = args;
    const value = token === undefined ? `Basic ${btoa(basic ?? "")}` : `Bearer ${token}`;
    const known = token !== undefined || basic !== undefined;
    const access = known ? ({ kind: "header", value } as const) : ({ kind: "nothing" } as const);
    const found = await measureDeployment(url, access, args.rounds, FOLDER);
    writeFileSync(join(FOLDER, "deployment.json"), JSON.stringify(found, undefined, 2));
    return;
  }
  const known = (args.only.length > 0 || args.resume || args.accept) && !args.smoke;
  const results = { ...newResults(), ...(known && readResults(LAST_RUN)) };
  const done = (name: string): boolean => results.questions[name]?.raw !== undefined;
  const asked = QUESTIONS.filter(
    ({ name }) =>
      (args.only.length === 0 || args.only.includes(name)) &&
      !((args.resume || args.accept) && done(name)),
  );
  // Two at a time where no time is judged.
  const folders = args.smoke ? [join(FOLDER, "one"), join(FOLDER, "other")] : [FOLDER];
  const left = [...asked];
  if (asked.length > 0) {
    await Promise.all(folders.map((folder) => ask(left, args, results, folder)));
  }
  const failed = asked.filter(({ name }) => !done(name));
  if (args.smoke && rowsOf(QUESTIONS, results).length + failed.length < asked.length) {
    throw new Error("a question left nothing");
  }
  if (args.accept) accept(results);
  if (failed.length > 0) {
    console.error(`\nfailed: ${failed.map(({ name }) => name).join(", ")}`);
    process.exitCode = 1;
  }
}

await main();
// What a measured library has left waiting (its timers) must not hold the command.
process.exit();
