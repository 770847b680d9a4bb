// The calls to a project's ledger: what became of everything that was accepted, and where its dead letters
// are. Told in aggregates, never on the path of an answer. Additive across versions, as the sessions' calls are.
import type { RecordKind } from "../record.ts";
import type { Figures } from "./figures.ts";

/** All that a source has counted so far. The ledger adds what it has not been told before. */
export interface SourceReport {
  /** Since when it counts, epoch ms: an object that deletes itself and comes back counts anew. */
  born: number;
  /** Of two reports of one source the later one counts; epoch ms. */
  at: number;
  figures: Figures;
  /** The figures of its report before this one, for a ledger that has forgotten it; none of a first one. */
  before?: Figures;
}

/** A report with the name of its source: an object's id, `edge/…` of an isolate, `client/…` of a page. */
export interface NamedReport extends SourceReport {
  source: string;
}

/** A dead letter, without its record. */
export interface DeadLetterRef {
  ordinal: number;
  kind: RecordKind;
  /** Accepted actions that it stands for. */
  actions: number;
  /** About how large its record is, in UTF-16 units. */
  size: number;
  reason: string;
  /** Langfuse's own words, redacted and cut. */
  message: string;
  /** When it became one, epoch ms. */
  at: number;
  /** How often it became one: more than once where it was replayed and refused again. */
  deaths: number;
}

/** All dead letters of an object: they replace those that the ledger knew of it. */
export interface DeadLetterList {
  object: string;
  letters: DeadLetterRef[];
}

/** One in the project's index. */
export interface IndexedLetter extends DeadLetterRef {
  object: string;
}

export interface LetterQuery {
  reason?: string;
  /** Only of these objects. */
  objects?: string[];
  /** Behind this one (`nextCursor` of the page before). */
  cursor?: string;
  limit: number;
}

export interface LetterPage {
  /** Newest first. */
  letters: IndexedLetter[];
  nextCursor?: string;
  /** All that the query finds, on whatever page. */
  total: number;
  byReason: Record<string, number>;
}

/** Figures of one span of time, without `pending`, which belongs to none. */
export interface Bucket {
  /** Where it begins, epoch ms. */
  at: number;
  figures: Figures;
}

export interface BooksQuery {
  /** Buckets of the last so many minutes, at most two days of them … */
  minutes?: number;
  /** … and of the last so many hours, at most thirty days of them. */
  hours?: number;
}

export interface Books {
  /** Since when the ledger counts, epoch ms; undefined where it never was told anything. */
  since?: number;
  totals: Figures;
  /** Since when the source waits that has waited longest, epoch ms, as far as the ledger was told. */
  pendingSince?: number;
  minutes: Bucket[];
  hours: Bucket[];
}

export interface LedgerCalls {
  /** Any order, any repetition: each source counts by its latest report. */
  take(reports: NamedReport[]): Promise<void>;
  /** Ids of objects that have reported since then (epoch ms), the latest ones first. */
  recentObjects(most: number, since: number): Promise<string[]>;
  /** False where the index is full: then it is to be told again later. */
  announce(list: DeadLetterList, report: SourceReport): Promise<{ known: boolean }>;
  /** Letters that their objects do not have any more, by object. */
  forgetLetters(gone: Record<string, number[]>): Promise<void>;
  books(query: BooksQuery): Promise<Books>;
  deadLetters(query: LetterQuery): Promise<LetterPage>;
}
