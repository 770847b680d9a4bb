// A project's totals, and what each source last reported of itself. Pure. Reports are cumulative: the ledger adds
// the difference to the last one, so that any order, any repetition and any loss but of a last report give the
// same totals. Its memory of sources is bounded; of one that it has forgotten the report itself says what was
// reported before.
import { addFigures, differenceOf, type Figures } from "../../protocol/books/figures.ts";
import type { NamedReport } from "../../protocol/books/ledger-calls.ts";

/** The last report of a source. */
export interface Source {
  born: number;
  at: number;
  figures: Figures;
  /** Since when it has something pending, epoch ms, as far as was reported. */
  pendingSince?: number;
}

export interface LedgerState {
  totals: Figures;
  /** By name, the one that reported last is the last. */
  sources: Map<string, Source>;
  /** Sources whose last report is not later than this may have been forgotten; epoch ms. */
  forgottenBefore: number;
}

export const emptyLedger = (): LedgerState => ({
  totals: {},
  sources: new Map(),
  forgottenBefore: 0,
});

/** Sources that are remembered, at about 200 bytes each. */
export const MAX_SOURCES = 20_000;
/** Of those, sources with something pending, which are not forgotten while others can be. */
const MAX_KEPT_PENDING = 5_000;
/** A journal was lost with what it held: its object began anew. */
const LOST = "dropped:journal_lost";

/** Counts a report; returns what it adds to the totals, which is nothing where it is not news. */
export function applyReport(state: LedgerState, report: NamedReport): Figures {
  const { source, born, at, figures } = report;
  const known = state.sources.get(source);
  if (known !== undefined && isStale(known, report)) return {};
  const added =
    known?.born === born
      ? differenceOf(figures, known.figures)
      : addFigures(sinceForgotten(state, report, known), lostWith(known));
  state.totals = addFigures(state.totals, added);
  const pendingSince = (figures["pending"] ?? 0) > 0 ? (known?.pendingSince ?? at) : undefined;
  state.sources.delete(source);
  state.sources.set(source, {
    born,
    at,
    figures,
    ...(pendingSince !== undefined && { pendingSince }),
  });
  if (state.sources.size > MAX_SOURCES) forgetOldest(state);
  return added;
}

/** Since when the source waits that has waited longest, epoch ms. */
export function pendingSince({ sources }: LedgerState): number | undefined {
  let first: number | undefined;
  for (const { pendingSince: since } of sources.values()) {
    if (since !== undefined && since < (first ?? Number.POSITIVE_INFINITY)) first = since;
  }
  return first;
}

/** Sources that are objects, and reported since then: the one that did last is the first. */
export function recentObjects({ sources }: LedgerState, most: number, since: number): string[] {
  const recent: string[] = [];
  for (const [name, { at }] of [...sources].toReversed()) {
    if (recent.length >= most) break;
    // Isolates and pages report, too, under names with a slash.
    if (at >= since && !name.includes("/")) recent.push(name);
  }
  return recent;
}

/** Forgets a source: what comes of it later says by itself what was counted. */
export function forgetSource(state: LedgerState, name: string): void {
  const source = state.sources.get(name);
  if (source === undefined) return;
  state.sources.delete(name);
  state.forgottenBefore = Math.max(state.forgottenBefore, source.at);
}

function isStale(known: Source, { born, at }: NamedReport): boolean {
  return born < known.born || (born === known.born && at < known.at);
}

/** All of a source that begins anew, or is new; else what has come since its report before this one. */
function sinceForgotten(
  { forgottenBefore }: LedgerState,
  { born, figures, before }: NamedReport,
  known: Source | undefined,
): Figures {
  const neverHeard = known !== undefined || born > forgottenBefore;
  return neverHeard || before === undefined ? figures : differenceOf(figures, before);
}

/** An object that deletes itself holds nothing. One that held something and begins anew has lost it. */
function lostWith(known: Source | undefined): Figures {
  const { pending = 0, dead = 0 } = known?.figures ?? {};
  return pending + dead === 0 ? {} : differenceOf({ [LOST]: pending + dead }, { pending, dead });
}

function forgetOldest(state: LedgerState): void {
  let kept = 0;
  for (const [name, { pendingSince: since }] of state.sources) {
    if (since !== undefined && kept < MAX_KEPT_PENDING) {
      kept += 1;
      continue;
    }
    forgetSource(state, name);
    return;
  }
}
