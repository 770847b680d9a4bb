// GET /api/langfuse/outcomes and /api/langfuse/metrics: what became of everything that a project's sessions
// accepted, as JSON for people and programs, and as text for Prometheus.
import { describeError } from "../../log.ts";
import { derivedId } from "../../protocol/ids.ts";
import type { Books, BooksQuery } from "../../protocol/books/ledger-calls.ts";
import { answerRefusal, type EdgeAnswer } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { booksBody, type LetterCounts } from "./books-body.ts";
import { askMetrics } from "../figures/ask-metrics.ts";
import { figuresMetrics } from "../figures/prometheus-figures.ts";
import { type Metric, PROMETHEUS_TYPE, prometheusText } from "./prometheus.ts";
import { readerOf } from "../readers/reader-of.ts";
import { UNAVAILABLE } from "./servers-only.ts";

const MAX_MINUTES = 2 * 24 * 60;
const MAX_HOURS = 30 * 24;

export async function getOutcomes(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EdgeAnswer> {
  const reader = await readerOf(request, deps, log);
  if ("refusal" in reader) return answerRefusal(reader.refusal);
  const { project } = reader;
  const query = readQuery(new URL(request.url).searchParams);
  if ("code" in query) return answerRefusal(query);
  const read = await readBooks(project.publicKey, query, deps, log);
  if (read === undefined) return answerRefusal(UNAVAILABLE);
  return { status: 200, body: booksBody(read.books, read.letters, deps.now()) };
}

export async function getMetrics(request: Request, deps: EdgeDeps, log: RequestLog) {
  const reader = await readerOf(request, deps, log);
  if ("refusal" in reader) return answerRefusal(reader.refusal);
  const { publicKey } = reader.project;
  const read = await readBooks(publicKey, {}, deps, log);
  if (read === undefined) return answerRefusal(UNAVAILABLE);
  const label = derivedId("project", publicKey).slice(0, 12);
  const figures = await turnMetrics(publicKey, deps, log);
  return {
    status: 200,
    text: prometheusText(read.books, read.letters, label, deps.now(), figures),
    headers: { "content-type": PROMETHEUS_TYPE },
  };
}

/** What its turns tell; none where they can't be reached, since the books are read to raise alarms. */
async function turnMetrics(
  publicKey: string,
  { metrics }: EdgeDeps,
  log: RequestLog,
): Promise<Metric[]> {
  if (metrics === undefined) return [];
  try {
    return figuresMetrics(await askMetrics(metrics, publicKey, (object) => object.totals()));
  } catch (error) {
    log.error = describeError(error);
    return [];
  }
}

export async function readBooks(
  publicKey: string,
  query: BooksQuery,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<{ books: Books; letters: LetterCounts } | undefined> {
  try {
    const ledger = deps.ledger(publicKey);
    const [books, { total, byReason }] = await Promise.all([
      ledger.books(query),
      ledger.deadLetters({ limit: 0 }),
    ]);
    return { books, letters: { total, byReason } };
  } catch (error) {
    log.error = describeError(error);
    return undefined;
  }
}

function readQuery(params: URLSearchParams): BooksQuery | RequestRefusal {
  const query: BooksQuery = {};
  const most = { minutes: MAX_MINUTES, hours: MAX_HOURS };
  for (const [name, text] of params) {
    if (name !== "minutes" && name !== "hours") {
      return invalid(`${name} is no parameter; there are minutes and hours`);
    }
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0 || value > most[name] || text.trim() === "") {
      return invalid(`${name} must be a whole number from 0 to ${most[name]}`);
    }
    query[name] = value;
  }
  return query;
}

function invalid(message: string): RequestRefusal {
  return { code: "invalid_request", message };
}
