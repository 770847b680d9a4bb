// What becomes of everything that was accepted: the books, Langfuse's own speed and errors, and dead letters.
import type { DeliveryBody, LangfuseKindBody } from "../../protocol/figures/body/delivery.ts";
import type { FiguresBody } from "../../protocol/figures/figures-body.ts";
import { ApiError } from "../access/api.ts";
import { chart } from "../charts/chart.ts";
import { el } from "../dom/el.ts";
import { overTime } from "../figures/charts.ts";
import { figuresUrl, rangeField } from "../figures/query.ts";
import { count, counted, share } from "../format/number.ts";
import { duration } from "../format/time.ts";
import { figuresView } from "../shell/figures-view.ts";
import { card, emptyState, tile } from "../shell/states.ts";
import { booksLine } from "./books-line.ts";
import { lettersCard } from "./letters-card.ts";
import { type Letters, LETTERS_PATH } from "./letters.ts";

interface DeliveryData {
  figures: FiguresBody;
  /** Undefined where the reader may not see them. */
  letters?: Letters;
}

const MAX_LETTERS = 50;

export const deliveryView = figuresView<DeliveryData>({
  fields: () => [rangeField],
  load: async ({ api, choices, now, signal }) => {
    const figures = await api.get<FiguresBody>(
      figuresUrl({ part: ["delivery"] }, choices, now()),
      signal,
    );
    if ((figures.delivery?.deadLetters.total ?? 0) === 0) return { figures };
    try {
      return {
        figures,
        letters: await api.get<Letters>(`${LETTERS_PATH}?limit=${MAX_LETTERS}`, signal),
      };
    } catch (error) {
      // A read token need not be enough for their records.
      if (error instanceof ApiError && error.status === 403) return { figures };
      throw error;
    }
  },
  draw: ({ figures, letters }, context, signal) => {
    const { delivery } = figures;
    if (delivery === undefined)
      return [emptyState("Nothing was counted yet", "The first turn begins the books.")];
    const { tone, text } = booksLine(delivery);
    return [
      el("p", `note ${tone === "soft" ? "calm" : tone}`, text),
      books(delivery),
      el("div", "grid", ...delivery.langfuse.flatMap((kind) => kindCards(kind, figures, signal))),
      lettersCard(delivery.deadLetters, letters, context),
    ];
  },
});

function books({
  accepted,
  delivered,
  pending,
  dead,
  dropped,
  oldestPending,
  alive,
}: DeliveryBody): HTMLElement {
  const gone = Object.values(dropped).reduce((sum, n) => sum + n, 0);
  const reasons = Object.entries(dropped).map(([reason, n]) => `${count(n)} ${reason}`);
  const waits =
    oldestPending === null
      ? "nothing waits"
      : `the oldest for ${duration(oldestPending.ageSeconds * 1000)}`;
  return el(
    "div",
    "tiles",
    tile("Accepted", count(accepted), "actions, of all time"),
    tile("Delivered", count(delivered), share(delivered, accepted)),
    tile("Pending", count(pending), waits),
    tile("Dead", count(dead), dead > 0 ? "see below" : "", dead > 0 ? "bad" : ""),
    tile("Dropped", count(gone), reasons.join(", ")),
    tile("Sessions alive", count(alive.sessions), "with a turn in this time"),
    tile("Objects alive", count(alive.objects), "that delivered something"),
  );
}

const KIND_TITLES = { observation: "Observations", score: "Scores" } as const;
/** What became of a request, where it is no success. */
const failures = ({ answers }: LangfuseKindBody): [string, number][] =>
  Object.entries(answers).filter(([answer, n]) => answer !== "delivered" && n > 0);

function kindCards(kind: LangfuseKindBody, range: FiguresBody, signal: AbortSignal): HTMLElement[] {
  if (kind.requests === 0) return [];
  const title = KIND_TITLES[kind.kind];
  const failed = failures(kind);
  const words =
    failed.length === 0
      ? `${counted(kind.requests, "request")}, all taken.`
      : `${counted(kind.requests, "request")}; ${failed.map(([answer, n]) => `${count(n)} ${answer.replaceAll("_", " ")}`).join(", ")}.`;
  const { p50, p99 } = kind.latency;
  return [
    card(
      `${title}: how long Langfuse takes`,
      `p50 ${duration(p50 ?? undefined)}, p99 ${duration(p99 ?? undefined)}. No user waits for it.`,
      chart(
        {
          ...overTime(range),
          summary: `${title}: Langfuse's time to answer a request, p50 and p99 over time.`,
          drawn: "lines",
          yKind: "time",
          formatY: (ms) => duration(ms),
          lines: [
            { label: "p99", tone: "p99", values: kind.series.p99 },
            { label: "p50", tone: "p50", values: kind.series.p50, filled: true },
          ],
        },
        signal,
      ),
    ),
    card(
      `${title}: requests to Langfuse`,
      words,
      chart(
        {
          ...overTime(range),
          summary: `${title}: requests to Langfuse and how many failed, over time.`,
          drawn: "bars",
          yKind: "whole",
          formatY: (n) => count(n),
          lines: [
            { label: "requests", tone: "one", values: kind.series.requests },
            { label: "failed", tone: "bad", values: kind.series.failed },
          ],
        },
        signal,
      ),
    ),
  ];
}
