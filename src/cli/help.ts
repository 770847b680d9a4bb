// Help that teaches: what there is, what it needs, what its end means, and a line to copy. Pure.
import type { Command } from "./command.ts";
import { table } from "./text.ts";

const ENVIRONMENT = `It asks the edge at --url, or at LANGFUSE_EDGE_URL, with the project's keys in LANGFUSE_PUBLIC_KEY and
LANGFUSE_SECRET_KEY. Keys are never arguments.
`;

const EXIT_CODES = `Exit codes: 0 done, nothing wrong · 1 something at the edge needs attention · 2 the command line or the
environment can't be used · 3 the edge does not answer · 4 the keys are refused · 5 there is no such thing ·
6 an edge can't be started here
`;

export function helpText(commands: readonly Command[]): string {
  const rows = commands.map(({ name, words, summary }) => [
    `  ${titleOf({ name, words })}`,
    summary,
  ]);
  return `langfuse-edge: put up an edge, look after it, and decide what becomes of its dead letters

Usage: npx langfuse-edge <command> [options]

${table([...rows, ["  help [<command>]", "this, or more about a command"], ["  version", "this package's version"]])}
${ENVIRONMENT}
${EXIT_CODES}`;
}

export function commandHelp(command: Command): string {
  const { name, words, summary, details, options, examples, asksNoEdge } = command;
  const rows = Object.entries(options).map(([option, { value, help }]) => [
    `  --${option}${value === undefined ? "" : ` ${value}`}`,
    help,
  ]);
  return `langfuse-edge ${titleOf({ name, words })}: ${summary}

${details}

Options:
${table([...rows, ["  --help", "this"]])}
Examples:
${examples.map((line) => `  ${line}\n`).join("")}
${asksNoEdge ? "" : `${ENVIRONMENT}\n`}${EXIT_CODES}`;
}

/** Commands of which a person may have meant one: those that begin the same. */
export function groupHelp(group: string, commands: readonly Command[]): string {
  const rows = commands.map(({ name, words, summary }) => [
    `  ${titleOf({ name, words })}`,
    summary,
  ]);
  return `${group} is one of:\n\n${table(rows)}`;
}

function titleOf({ name, words }: { name: string; words: string | undefined }): string {
  return words === undefined ? name : `${name} ${words}`;
}
