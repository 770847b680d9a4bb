import { type Command, EDGE_OPTIONS } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { count, oneLine, table } from "../text.ts";

interface Health {
  status: string;
  version?: string;
  base_url?: string;
  auth?: string[];
  problems?: string[];
  browsers?: string;
  last_delivery?: string | null;
  pending?: number | null;
  dead?: number | null;
  last_error?: { class: string; since: string; message?: string } | null;
  last_dead?: { reason: string; message?: string; at: string; id?: string };
  delivery_problems?: { code: string; since?: string; waiting?: number }[];
}

export const health: Command = {
  name: "health",
  summary: "whether the edge takes and delivers; with keys, why not",
  details:
    "Without keys in the environment only the status is known. Exit code 1: the edge is not `healthy`.",
  examples: ["npx langfuse-edge health --url https://edge.example.com"],
  options: EDGE_OPTIONS,
  run: async ({ values, shell, edge }) => {
    const { body, json } = await edge().ask<Health>("/trace");
    const rows = [
      ["status", body.status],
      ["version", body.version],
      ["langfuse", body.base_url],
      ["pages", body.browsers ?? body.auth?.join(", ")],
      ["last delivery", body.last_delivery ?? undefined],
      ["pending", body.pending == null ? undefined : count(body.pending, "record")],
      ["dead so far", body.dead == null ? undefined : count(body.dead, "record")],
      ["last error", errorText(body.last_error)],
      ["last dead", deadText(body.last_dead)],
      ...(body.problems ?? []).map((problem) => ["setting", problem]),
      ...(body.delivery_problems ?? []).map((problem) => ["problem", problemText(problem)]),
    ];
    const known = rows.flatMap(([name = "", text]) =>
      text === undefined || text === "" ? [] : [[name, oneLine(text, 200)]],
    );
    shell.out(values["json"] === true ? `${json}\n` : table(known));
    return body.status === "healthy" ? EXIT.ok : EXIT.attention;
  },
};

function errorText(error: Health["last_error"]): string | undefined {
  if (error == null) return undefined;
  return `${error.class} since ${error.since}${error.message ? `: ${error.message}` : ""}`;
}

function deadText(dead: Health["last_dead"]): string | undefined {
  if (dead === undefined) return undefined;
  return `${dead.reason}, ${dead.at}${dead.message === undefined ? "" : `: ${dead.message}`}${dead.id === undefined ? "" : ` (${dead.id})`}`;
}

function problemText({ code, since, waiting }: { code: string; since?: string; waiting?: number }) {
  const more = [
    since === undefined ? "" : ` since ${since}`,
    waiting ? `, ${count(waiting, "record")} waiting` : "",
  ];
  return code + more.join("");
}
