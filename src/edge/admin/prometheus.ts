// The books as Prometheus reads them (text format 0.0.4). Pure. What may fall is a gauge: a dead letter that is
// replayed is dead no more.
import { balanceOf, byReason } from "../../protocol/books/figures.ts";
import type { Books } from "../../protocol/books/ledger-calls.ts";
import type { LetterCounts } from "./books-body.ts";

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface Metric {
  name: string;
  type: "counter" | "gauge" | "histogram";
  help: string;
  /** `suffix`: of a histogram's parts. */
  samples: [labels: Readonly<Record<string, string>>, value: number, suffix?: string][];
}

/**
 * @param project its name in logs
 * @param more metrics of other origin
 */
export function prometheusText(
  { totals, pendingSince }: Books,
  letters: LetterCounts,
  project: string,
  now: number,
  more: readonly Metric[] = [],
): string {
  const { accepted = 0, delivered = 0, dead = 0, pending = 0 } = totals;
  const each = (counts: Readonly<Record<string, number>>, label: string): Metric["samples"] =>
    Object.entries(counts).map(([value, count]) => [{ [label]: value }, count]);
  const age = pendingSince === undefined ? 0 : Math.max(0, (now - pendingSince) / 1000);
  const metrics: Metric[] = [
    counter("actions_accepted_total", "Actions that were accepted.", [[{}, accepted]]),
    counter("actions_delivered_total", "Accepted actions that Langfuse has.", [[{}, delivered]]),
    counter(
      "actions_dropped_total",
      "Accepted actions that were dropped.",
      each(byReason(totals, "dropped"), "reason"),
    ),
    gauge("actions_dead", "Accepted actions in dead letters.", [[{}, dead]]),
    gauge("actions_pending", "Accepted actions that Langfuse does not have yet.", [[{}, pending]]),
    gauge("actions_balance", "Accepted actions that are in none of these: 0, or a fault.", [
      [{}, balanceOf(totals)],
    ]),
    gauge("oldest_pending_seconds", "Age of what has waited longest.", [[{}, age]]),
    gauge(
      "dead_letters",
      "Records that Langfuse refused for good.",
      each(letters.byReason, "reason"),
    ),
    counter(
      "refused_total",
      "Actions, and whole requests, that were refused at the door.",
      each(byReason(totals, "refused"), "code"),
    ),
    counter(
      "client_given_up_total",
      "Actions that pages say they gave up.",
      each(byReason(totals, "given_up"), "reason"),
    ),
  ];
  return [...metrics, ...more].map((metric) => textOf(metric, project)).join("");
}

function counter(name: string, help: string, samples: Metric["samples"]): Metric {
  return { name: `langfuse_edge_${name}`, type: "counter", help, samples };
}

function gauge(name: string, help: string, samples: Metric["samples"]): Metric {
  return { name: `langfuse_edge_${name}`, type: "gauge", help, samples };
}

function textOf({ name, type, help, samples }: Metric, project: string): string {
  const lines = samples.map(
    ([labels, value, suffix = ""]) =>
      `${name}${suffix}${labelsOf({ project, ...labels })} ${value}`,
  );
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return `{${pairs.join(",")}}`;
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
