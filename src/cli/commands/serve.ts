// `serve`: the edge on this machine. What it does is in src/serve.
import { realpathSync } from "node:fs";
import { readOptions } from "../../serve/options/options.ts";
import { serve as serveEdge } from "../../serve/serve.ts";
import { ServeError } from "../../serve/serve-error.ts";
import type { Command } from "../command.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

export const serve: Command = {
  name: "serve",
  asksNoEdge: true,
  summary: "run the edge on this machine, without an account",
  details: `Runs the production Worker on workerd, Cloudflare's own runtime, and keeps what it accepts in a folder. Settings
are those of the Worker, from the environment or a file of NAME=value lines; the environment goes first.
SIGTERM or Ctrl-C stops it in order, a second one at once; either way nothing accepted is lost.`,
  examples: [
    "npx langfuse-edge serve --settings .dev.vars",
    "npx langfuse-edge serve --host 0.0.0.0 --port 8080 --data /var/lib/langfuse-edge",
    "npx langfuse-edge serve --trusted-proxies loopback   # behind Caddy or nginx on this machine",
  ],
  options: {
    port: { type: "string", value: "<n>", help: "where it listens (8787); 0: any that is free" },
    host: {
      type: "string",
      value: "<address>",
      help: "on which address (127.0.0.1); 0.0.0.0: on all",
    },
    data: {
      type: "string",
      value: "<folder>",
      help: "where all of it is kept (langfuse-edge-data)",
    },
    settings: { type: "string", value: "<file>", help: "settings, such as .dev.vars" },
    "trusted-proxies": {
      type: "string",
      value: "<list>",
      help: "whose X-Forwarded-For is believed: addresses, ranges, loopback, private (nobody's)",
    },
    log: {
      type: "string",
      value: "json|text",
      help: "lines of the log (text on a terminal, else json)",
    },
  },
  run: async ({ values, shell }) => {
    try {
      const texts = Object.entries(values).map(([name, value]) => [name, value?.toString()]);
      await serveEdge(readOptions(Object.fromEntries(texts) as Record<string, string>), {
        env: shell.env,
        out: shell.out,
        err: shell.err,
        isTerminal: process.stdout.isTTY,
        command: realpathSync(process.argv[1] ?? ""),
      });
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof ServeError)) throw error;
      throw new CommandError(error.kind === "usage" ? EXIT.usage : EXIT.cannotStart, error.message);
    }
  },
};
