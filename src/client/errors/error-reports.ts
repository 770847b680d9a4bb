// Errors become observations of the trace that they belong to: of the turn that goes on, of one that is over, or
// of the page. Each has its own observation once; how often it came is told when the turn ends, or some
// seconds later. Must not throw, and an error that reporting itself brings about is never reported.
import { cut } from "../send/cut.ts";
import { page } from "../send/page.ts";
import type { LangfuseProxy, SpanHandle, TraceHandle } from "../trace/proxy.ts";
import { type RunningTurn, turnsOf } from "../turn/turn-registry.ts";
import { countError, type ErrorCounts, newCounts } from "./count-errors.ts";
import { describeError } from "./describe-error.ts";
import { fingerprint } from "./fingerprint.ts";

/** The way on which an error was noticed. */
export type Mechanism = "onerror" | "onunhandledrejection" | "resource" | "react" | "turn";

export interface Report {
  mechanism: Mechanism;
  /** Somebody caught it. */
  handled: boolean;
  /** Of React: the components around it. */
  componentStack?: string | undefined;
  /** Where no turn goes on, it is told all the same. */
  always?: boolean;
}

export interface ErrorReports {
  /** Also between turns. */
  between: boolean;
  /** `turn`: default the one that began last, of those that go on. */
  report(error: unknown, how: Report, turn?: RunningTurn): void;
  /** Tells the counts of what belongs to no turn that goes on. */
  finish: () => void;
}

/** Errors that are told together: those of a turn, or of some seconds. */
interface Scope {
  trace: TraceHandle;
  counts: ErrorCounts;
  spans: Map<string, SpanHandle>;
  /** Of the page's own trace: what it says when it ends. */
  first?: string;
  timer?: ReturnType<typeof setTimeout>;
}

/** The most observations of errors in a turn, or in a page's own trace. */
const MAX_TOLD = 20;
/** The most in all of a page's own traces: a page may stay open for days. */
const MAX_PAGE_ERRORS = 50;
/** The time for which errors that belong to no open turn are counted together. */
const GATHER_MS = 10_000;
/** The longest that React takes to render once more what has failed. */
const RETRY_MS = 1000;
/** The longest that an error waits for company. */
const HOLD_MS = 2000;
const MAX_MESSAGE_LENGTH = 1000;
const MAX_COMPONENT_STACK_LENGTH = 3000;

const REPORTS = new WeakMap<object, ErrorReports>();

/** The client's reports; one for each client. */
export function errorReportsOf(client: LangfuseProxy): ErrorReports {
  const found = REPORTS.get(client);
  if (found) return found;
  const turns = turnsOf(client);
  const scopes = new Map<RunningTurn | undefined, Scope>();
  /** Of the page itself, and of traces that are over. */
  const loose = new Map<RunningTurn | undefined, Scope>();
  /** The first notice of each error: the same one may come by several ways. */
  const seen = new WeakMap<object, { mechanism: Mechanism; span?: SpanHandle }>();
  /** What was told last. */
  let latest: { statusMessage: string; span: SpanHandle; now: number } | undefined;
  let pageErrors = 0;
  let isReporting = false;

  const begin = (turn: RunningTurn | undefined): Scope => {
    const { sessionId } = client.who();
    const trace =
      turn?.trace ??
      client.trace(
        { name: "page-errors", sessionId, metadata: { source: "frontend-error" } },
        HOLD_MS,
      );
    return { trace, counts: newCounts(), spans: new Map() };
  };
  const end = ({ trace, counts, spans, first, timer }: Scope, isOver?: boolean): void => {
    clearTimeout(timer);
    for (const [id, { count, lastAt }] of counts.told) {
      void spans.get(id)?.end({ endTime: lastAt, metadata: { count } }, HOLD_MS);
    }
    const metadata = { errors: counts.total, errors_untold: counts.untold || undefined };
    if (first) void trace.end({ level: "ERROR", statusMessage: first, metadata }, HOLD_MS);
    // A trace that is over has been sealed as it was.
    else if (!isOver) void trace.update({ metadata }, HOLD_MS);
  };
  const finish = (): void => {
    for (const scope of loose.values()) end(scope, true);
    loose.clear();
  };
  const scopeOf = (turn: RunningTurn | undefined): Scope => {
    const all: typeof loose = turn && turns.open.has(turn) ? scopes : loose;
    const known = all.get(turn);
    if (known) return known;
    const scope = begin(turn);
    all.set(turn, scope);
    if (all !== scopes) {
      scope.timer = setTimeout(() => {
        loose.delete(turn);
        end(scope, true);
      }, GATHER_MS);
    }
    return scope;
  };

  const tell = (error: unknown, how: Report, turn: RunningTurn | undefined): void => {
    const { mechanism, handled } = how;
    const componentStack =
      how.componentStack && cut(how.componentStack, MAX_COMPONENT_STACK_LENGTH);
    const object = Object(error) === error ? (error as object) : undefined;
    const before = object && seen.get(object);
    if (before && before.mechanism !== mechanism) {
      // React tells the components of an error that the page may have told before.
      if (componentStack)
        void before.span?.update({ metadata: { component_stack: componentStack } });
      return;
    }
    if (!turn && !how.always && !reports.between) return;
    const { causes, ...told } = describeError(error);
    const statusMessage = cut(`${told.type}: ${told.message}`, MAX_MESSAGE_LENGTH);
    const now = Date.now();
    if (componentStack && latest?.statusMessage === statusMessage && now - latest.now < RETRY_MS) {
      // React renders once more before it gives up, and then the error is another object.
      return void latest.span.update({ metadata: { component_stack: componentStack } });
    }
    const id = fingerprint(told);
    if (!turn && pageErrors >= MAX_PAGE_ERRORS && !loose.get(undefined)?.counts.told.has(id))
      return;
    const scope = scopeOf(turn);
    const notice: { mechanism: Mechanism; span?: SpanHandle } = { mechanism };
    if (object) seen.set(object, notice);
    if (!countError(scope.counts, id, now, MAX_TOLD)) return;
    if (!turn) {
      pageErrors += 1;
      scope.first ??= statusMessage;
    }
    notice.span = (turn?.running ?? scope.trace).span(
      {
        name: "frontend-error",
        level: "ERROR",
        startTime: now,
        statusMessage,
        metadata: {
          type: told.type,
          stack: told.stack,
          fingerprint: id,
          mechanism,
          handled,
          component_stack: componentStack,
          causes: causes[0] && causes,
          url: page.location?.href.replace(/[?#].*/, ""),
        },
      },
      HOLD_MS,
    );
    scope.spans.set(id, notice.span);
    latest = { statusMessage, span: notice.span, now };
  };

  const reports: ErrorReports = {
    between: false,
    report: (error, how, turn = [...turns.open].at(-1)) => {
      // An app's own filter may throw where it is asked about an error.
      if (isReporting) return;
      isReporting = true;
      try {
        tell(error, how, turn);
      } catch {
        // Tracing never fails the page.
      }
      isReporting = false;
    },
    finish,
  };
  turns.report = (error, turn) => reports.report(error, { mechanism: "turn", handled: true }, turn);
  turns.closing.add((turn, error) => {
    // The turn has told it; the page may still see it.
    if (Object(error) === error && !seen.has(error as object)) {
      seen.set(error as object, { mechanism: "turn" });
    }
    const scope = scopes.get(turn);
    if (scope) end(scope);
    scopes.delete(turn);
  });
  REPORTS.set(client, reports);
  return reports;
}
