// Completion for shells, out of what the commands say of themselves: names, then a command's options. Pure.
import type { Command } from "./command.ts";

export const SHELL_NAMES = ["bash", "zsh", "fish"] as const;
export type ShellName = (typeof SHELL_NAMES)[number];

export function isShellName(name: string): name is ShellName {
  return SHELL_NAMES.some((one) => one === name);
}

type Known = Pick<Command, "name" | "summary" | "options">;

const OWN: readonly Known[] = [
  { name: "help", summary: "what there is", options: {} },
  { name: "version", summary: "this package's version", options: {} },
];

export function completionScript(shell: ShellName, commands: readonly Known[]): string {
  const all = [...commands, ...OWN];
  switch (shell) {
    case "bash":
      return bash(all);
    case "zsh":
      return `#compdef langfuse-edge\nautoload -U +X bashcompinit && bashcompinit\n${bash(all)}`;
    case "fish":
      return fish(all);
  }
}

const optionsOf = ({ options }: Known): string[] => [
  ...Object.keys(options).map((name) => `--${name}`),
  "--help",
];

/** First words, each once. */
function firstWords(commands: readonly Known[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(" ")[0] ?? name))];
}

function secondWords(commands: readonly Known[], first: string): string[] {
  return commands.flatMap(({ name }) => {
    const [one, two] = name.split(" ");
    return one === first && two !== undefined ? [two] : [];
  });
}

function bash(commands: readonly Known[]): string {
  const groups = firstWords(commands).flatMap((first) => {
    const words = secondWords(commands, first);
    return words.length === 0 ? [] : [`    "${first}") words="${words.join(" ")}" ;;`];
  });
  const options = commands.map(
    (one) => `    "${one.name}") words="${optionsOf(one).join(" ")}" ;;`,
  );
  return `_langfuse_edge() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  local one="\${COMP_WORDS[1]}" two="\${COMP_WORDS[1]} \${COMP_WORDS[2]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${firstWords(commands).join(" ")}"
  elif [ "$COMP_CWORD" -eq 2 ]; then
    case "$one" in
${groups.join("\n")}
    esac
  fi
  if [ -z "$words" ]; then
    case "$two" in
${options.filter((line) => / "\S+ \S+"\)/.test(line)).join("\n")}
    esac
  fi
  if [ -z "$words" ]; then
    case "$one" in
${options.filter((line) => !/ "\S+ \S+"\)/.test(line)).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _langfuse_edge langfuse-edge
`;
}

function fish(commands: readonly Known[]): string {
  const quoted = (text: string): string =>
    `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = ["complete -c langfuse-edge -f"];
  const seen = new Set<string>();
  for (const { name, summary, options } of commands) {
    const [first = name, second] = name.split(" ");
    if (!seen.has(first)) {
      seen.add(first);
      const words = second === undefined ? summary : `${first} …`;
      lines.push(
        `complete -c langfuse-edge -n __fish_use_subcommand -a ${first} -d ${quoted(words)}`,
      );
    }
    const here =
      second === undefined
        ? `'__fish_seen_subcommand_from ${first}'`
        : `'__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}'`;
    if (second !== undefined) {
      const group = `'__fish_seen_subcommand_from ${first}'`;
      lines.push(`complete -c langfuse-edge -n ${group} -a ${second} -d ${quoted(summary)}`);
    }
    for (const [option, { help }] of Object.entries(options)) {
      lines.push(`complete -c langfuse-edge -n ${here} -l ${option} -d ${quoted(help)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
