import { type Command, EDGE_OPTIONS, textOption } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { age, counts, table } from "../text.ts";

interface Bucket {
  at: string;
  accepted: number;
  delivered: number;
  dead: number;
  dropped: Record<string, number>;
}

interface Outcomes {
  since: string | null;
  totals: {
    accepted: number;
    delivered: number;
    dead: number;
    pending: number;
    dropped: Record<string, number>;
  };
  balance: number;
  oldestPending: { ageSeconds: number } | null;
  deadLetters: { total: number; byReason: Record<string, number> };
  refused: Record<string, number>;
  givenUp: Record<string, number>;
  minutes: Bucket[];
  hours: Bucket[];
}

export const outcomes: Command = {
  name: "outcomes",
  summary: "what became of everything that was accepted",
  details:
    "Counts are of actions, but for dead letters, which are records. `balance` is what is accounted for nowhere: " +
    "0, or a fault. Exit code 1: the balance is not 0.",
  examples: [
    "npx langfuse-edge outcomes",
    "npx langfuse-edge outcomes --hours 24",
    "npx langfuse-edge outcomes --json | jq .totals",
  ],
  options: {
    minutes: { type: "string", value: "<n>", help: "also the last n minutes, up to 2880" },
    hours: { type: "string", value: "<n>", help: "also the last n hours, up to 720" },
    ...EDGE_OPTIONS,
  },
  run: async ({ values, shell, edge }) => {
    const query = { minutes: textOption(values, "minutes"), hours: textOption(values, "hours") };
    const { body, json } = await edge().ask<Outcomes>("/outcomes", { query });
    shell.out(values["json"] === true ? `${json}\n` : textOf(body));
    return body.balance === 0 ? EXIT.ok : EXIT.attention;
  },
};

function textOf(body: Outcomes): string {
  const { totals, deadLetters, oldestPending } = body;
  const n = (value: number): string => value.toLocaleString("en-US");
  const waiting = oldestPending && ` (the oldest for ${age(oldestPending.ageSeconds * 1000)})`;
  const letters =
    deadLetters.total > 0
      ? ` (${n(deadLetters.total)} dead letter${deadLetters.total === 1 ? "" : "s"})`
      : "";
  const rows = [
    ["accepted", n(totals.accepted)],
    ["delivered", n(totals.delivered)],
    ["pending", `${n(totals.pending)}${waiting ?? ""}`],
    ["dead", `${n(totals.dead)}${letters}`],
    ["dropped", counts(totals.dropped)],
    ["balance", n(body.balance)],
    ["refused at the door", counts(body.refused)],
    ["given up by pages", counts(body.givenUp)],
    ["counted since", body.since ?? "nothing was counted yet"],
  ];
  return table(rows) + bucketsText("minute", body.minutes) + bucketsText("hour", body.hours);
}

function bucketsText(what: string, buckets: readonly Bucket[]): string {
  if (buckets.length === 0) return "";
  const rows = buckets.map(({ at, accepted, delivered, dead, dropped }) => [
    at,
    ...[accepted, delivered, dead].map(String),
    counts(dropped),
  ]);
  return `\n${table([[what, "accepted", "delivered", "dead", "dropped"], ...rows])}`;
}
