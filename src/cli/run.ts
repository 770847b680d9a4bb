// The command `langfuse-edge`: from its arguments to an exit code. Must not know what a command does; it finds
// it, reads its options strictly, and says what is wrong in words that help.
import { parseArgs } from "node:util";
import { withinEdits } from "../protocol/edit-distance.ts";
import { EDGE_VERSION } from "../protocol/version.ts";
import { type Command, type OptionValues, textOption } from "./command.ts";
import { COMMANDS } from "./commands/index.ts";
import { type EdgeClient, edgeClient } from "./edge-client.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { commandHelp, groupHelp, helpText } from "./help.ts";
import type { Shell } from "./shell.ts";
import { visible } from "./text.ts";

/** Runs a command line, without the program's own name. Never rejects but for faults of its own. */
export async function run(args: readonly string[], given: Shell): Promise<ExitCode> {
  const shell: Shell = {
    ...given,
    out: (text) => given.out(visible(text)),
    err: (text) => given.err(visible(text)),
  };
  try {
    return await dispatch(args, shell);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    shell.err(`langfuse-edge: ${error.message}\n`);
    return error.exit;
  }
}

async function dispatch(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const [first = "help"] = args;
  if (first === "version" || first === "--version") {
    shell.out(`${EDGE_VERSION}\n`);
    return EXIT.ok;
  }
  const asksHelp = first === "help" || first === "--help" || first === "-h";
  const named = asksHelp ? args.slice(1) : args;
  const { command, rest } = find(named);
  if (command === undefined) return helpFor(named, asksHelp, shell);
  if (asksHelp || rest.includes("--help") || rest.includes("-h")) {
    shell.out(commandHelp(command));
    return EXIT.ok;
  }
  const { values, positionals: words } = read(command, rest);
  if (words.length > 0 && command.words === undefined) {
    throw new CommandError(EXIT.usage, `${command.name} takes no ${words[0] ?? "argument"}`);
  }
  const url = textOption(values, "url");
  // These say something to everybody.
  const needsKeys = !["health", "doctor"].includes(command.name);
  const edge = (): EdgeClient => edgeClient(shell, url, needsKeys);
  return command.run({ values, words, shell, commands: COMMANDS, edge });
}

/** The command of the longest name that the arguments begin with. */
function find(args: readonly string[]): { command?: Command; rest: readonly string[] } {
  for (const length of [2, 1]) {
    const name = args.slice(0, length).join(" ");
    const command = COMMANDS.find((one) => one.name === name);
    if (command !== undefined) return { command, rest: args.slice(length) };
  }
  return { rest: args };
}

function helpFor(args: readonly string[], asksHelp: boolean, shell: Shell): ExitCode {
  const [first, second] = args;
  if (first === undefined) {
    shell.out(helpText(COMMANDS));
    return EXIT.ok;
  }
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0) {
    const isFine = asksHelp || second === "--help" || second === "-h";
    (isFine ? shell.out : shell.err)(groupHelp(first, group));
    return isFine ? EXIT.ok : EXIT.usage;
  }
  const names = new Set(COMMANDS.map(({ name }) => name.split(" ")[0] ?? name));
  const meant = [...names].find((name) => withinEdits(name, first, 2));
  const hint = meant === undefined ? "; see langfuse-edge help" : `; did you mean ${meant}?`;
  throw new CommandError(EXIT.usage, `there is no command ${first}${hint}`);
}

function read(
  { name, options }: Command,
  args: readonly string[],
): { values: OptionValues; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const isSecret = args.some((arg) => /^--?(secret|public|key|sk|pk)/i.test(arg));
    const keys = "keys come from the environment: LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY";
    const [words = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new CommandError(
      EXIT.usage,
      isSecret ? keys : `${words}; see langfuse-edge ${name} --help`,
    );
  }
}
