import { type Command, EDGE_OPTIONS, textOption } from "../command.ts";
import type { Finding } from "../doctor/finding.ts";
import { findings } from "../doctor/findings.ts";
import { look } from "../doctor/seen.ts";
import { authorizationIn } from "../edge-client.ts";
import { CommandError, EXIT, type ExitCode } from "../exit-codes.ts";
import { oneLine, table } from "../text.ts";

const SIGNS: Readonly<Record<Finding["state"], string>> = {
  ok: "ok",
  warning: "look",
  wrong: "WRONG",
  unknown: "?",
};

export const doctor: Command = {
  name: "doctor",
  summary: "checks an edge from outside: what is wrong, and how to mend it",
  details:
    "Asks as anybody, as the project's server (with the keys in the environment), and as a page: address, version,\n" +
    "clock, keys, settings, base URL, queue, delivery, books, auth, origins, masks and the script tag. It stores\n" +
    "nothing. Exit code 1: something is WRONG; what is only worth a look leaves it 0.",
  examples: [
    "npx langfuse-edge doctor --url https://edge.example.com --page https://app.example.com",
    "npx langfuse-edge doctor --json | jq '.findings[] | select(.state == \"wrong\")'",
  ],
  options: {
    page: {
      type: "string",
      value: "<origin>",
      help: "also: may pages of this origin write?",
    },
    ...EDGE_OPTIONS,
  },
  run: async ({ values, shell, edge }) => {
    const { origin } = edge();
    const page = originOf(textOption(values, "page"));
    const { fetch, now, env } = shell;
    const authorization = authorizationIn(env);
    const found = findings(await look({ fetch, now, origin, authorization, page }));
    const exit = exitOf(found);
    shell.out(
      values["json"] === true
        ? `${JSON.stringify({ url: origin, healthy: exit === EXIT.ok, findings: found })}\n`
        : textOf(found),
    );
    return exit;
  },
};

function textOf(found: readonly Finding[]): string {
  const rows = found.flatMap(({ check, state, says, mend }) => [
    [SIGNS[state], check, oneLine(says, 300)],
    ...(mend === undefined ? [] : [["", "", `→ ${mend}`]]),
  ]);
  const wrong = found.filter(({ state }) => state === "wrong").length;
  const unseen = found.some(({ state, check }) => state === "unknown" && check !== "origins");
  const well = unseen ? "Nothing is wrong in what was looked at." : "Nothing is wrong.";
  const end = wrong === 0 ? well : `${wrong} to mend, from the top.`;
  return `${table(rows)}\n${end}\n`;
}

function exitOf(found: readonly Finding[]): ExitCode {
  const wrong = found.filter(({ state }) => state === "wrong").map(({ check }) => check);
  if (wrong.includes("address")) return EXIT.unreachable;
  if (wrong.includes("keys")) return EXIT.refused;
  return wrong.length > 0 ? EXIT.attention : EXIT.ok;
}

function originOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  if (URL.canParse(given) && new URL(given).origin !== "null") return new URL(given).origin;
  throw new CommandError(EXIT.usage, "--page is an origin, such as https://app.example.com");
}
