// GET /api/langfuse/figures: what a project's turns were like, for whoever may look (protocol/figures/figures-body.ts).
import { figuresBody, stepsOf } from "../../figures/body/figures-body.ts";
import { langfuseBody } from "../../figures/body/delivery.ts";
import { readQuery } from "../../figures/read/query.ts";
import { describeError } from "../../log.ts";
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import type { DeliveryBody } from "../../protocol/figures/body/delivery.ts";
import type { FiguresBody } from "../../protocol/figures/figures-body.ts";
import type { FiguresQuery } from "../../protocol/figures/figures-calls.ts";
import { booksBody } from "../admin/books-body.ts";
import { readBooks } from "../admin/books-routes.ts";
import { answerRefusal, type EdgeAnswer } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { readerOf, seesContent } from "../readers/reader-of.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { askMetrics } from "./ask-metrics.ts";

const NO_METRICS: RequestRefusal = {
  code: "not_configured",
  message: "no METRICS object is bound: see wrangler.toml of this version",
};
const UNAVAILABLE: RequestRefusal = {
  code: "unavailable",
  message: "the project's figures could not be reached just now; ask again",
  headers: { "retry-after": "1" },
};

export async function getFigures(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EdgeAnswer> {
  const reader = await readerOf(request, deps, log);
  if ("refusal" in reader) return answerRefusal(reader.refusal);
  const query = readQuery(new URL(request.url).searchParams, deps.now());
  if ("fault" in query) return answerRefusal({ code: "invalid_request", message: query.fault });
  const { metrics } = deps;
  if (metrics === undefined) return answerRefusal(NO_METRICS);
  const { publicKey } = reader.project;
  try {
    const answer = await askMetrics(metrics, publicKey, (object) => object.figures(query));
    const body: FiguresBody = figuresBody(answer, query, deps.now(), seesContent(reader, deps));
    if (!query.parts.includes("delivery")) return { status: 200, body: { ...body } };
    const delivery = await deliveryBody(answer, query, publicKey, deps, log);
    return delivery === undefined
      ? answerRefusal(UNAVAILABLE)
      : { status: 200, body: { ...body, delivery } };
  } catch (error) {
    log.error = describeError(error);
    return answerRefusal(UNAVAILABLE);
  }
}

async function deliveryBody(
  answer: FiguresAnswer,
  query: FiguresQuery,
  publicKey: string,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<DeliveryBody | undefined> {
  const read = await readBooks(publicKey, {}, deps, log);
  if (read === undefined) return undefined;
  const { totals, balance, oldestPending, deadLetters } = booksBody(
    read.books,
    read.letters,
    deps.now(),
  );
  return {
    ...totals,
    balance,
    oldestPending,
    deadLetters,
    ...langfuseBody(answer, stepsOf(answer, query)),
  };
}
