import type { Command } from "../command.ts";
import { completionScript, isShellName, SHELL_NAMES } from "../completion-script.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

export const completion: Command = {
  name: "completion",
  words: "<shell>",
  summary: "a script by which bash, zsh or fish complete this command",
  details:
    "For a command that is installed (npm install --global langfuse-edge); npx completes nothing.",
  examples: [
    "langfuse-edge completion bash >> ~/.bashrc",
    "langfuse-edge completion zsh > ~/.zfunc/_langfuse-edge",
    "langfuse-edge completion fish > ~/.config/fish/completions/langfuse-edge.fish",
  ],
  asksNoEdge: true,
  options: {},
  run: async ({ words, shell, commands }) => {
    const [name = ""] = words;
    if (!isShellName(name) || words.length > 1) {
      throw new CommandError(EXIT.usage, `name one shell: ${SHELL_NAMES.join(", ")}`);
    }
    shell.out(completionScript(name, commands));
    return EXIT.ok;
  },
};
