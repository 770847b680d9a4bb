// A trace export that Langfuse has taken: which spans it keeps, loses, doubles. Pure; the answer was
// 200 in every case, so only the findings tell.
import type { SeenObservation } from "../view/answers.ts";
import { createHash } from "node:crypto";
import { firstNull } from "../../../otlp/attributes.ts";
import type { SentSpan } from "../../../otlp/read-export.ts";
import { type Finding, finding, readable } from "./finding.ts";
import { nanosToMs, readObservation } from "../view/observation.ts";
import { hasLoneSurrogate, isObject } from "../../../otlp/json.ts";

/** Spans that are stored already, as far as the next request can collide with it. */
export interface Known {
  /** Hashes of the stored copies of a span. */
  hashes(traceId: string, spanId: string): readonly string[];
  /** Ids of the trace's root spans. */
  roots(traceId: string): readonly string[];
  /** A lone surrogate came in this second: nothing else of it is stored. */
  secondIsLost(): boolean;
}

/** A span to store. */
export interface KeptSpan {
  /** Of the content; a repeat byte for byte has the same. */
  hash: string;
  sent: SentSpan;
  observation: SeenObservation;
}

export interface ExportFate {
  kept: KeptSpan[];
  /** Known already, byte for byte. */
  resent: KeptSpan[];
  findings: Finding[];
  /** The insert fails: what other requests brought in the same second is lost too. */
  losesSecond: boolean;
}

/** The end of 1970: a time before it was zero, or in seconds. */
const END_OF_1970_MS = 31_536_000_000;

const SURROGATE_LOST =
  "a lone surrogate in a text: Langfuse answers 200, its insert fails, and spans of other requests in the same second are lost too";
const SECOND_LOST =
  "lost though it is good: in the same second a request with a lone surrogate came, and the insert of both failed";

const hashOf = (sent: SentSpan): string =>
  createHash("sha256").update(JSON.stringify(sent)).digest("hex");

function whatLoses(sent: SentSpan): Finding | undefined {
  const events = Array.isArray(sent.span["events"]) ? (sent.span["events"] as unknown[]) : [];
  const lists = [
    sent.span["attributes"],
    sent.resource,
    sent.scopeAttributes,
    ...events.map((event) => (isObject(event) ? event["attributes"] : undefined)),
  ];
  for (const list of lists) {
    const key = firstNull(list);
    if (key === undefined) continue;
    const message = `attribute ${key} is null, or has a null inside: Langfuse answers 200 and loses every span of this request`;
    return finding("null_attribute", message, sent);
  }
  if (!hasLoneSurrogate(sent)) return undefined;
  return finding("lone_surrogate", SURROGATE_LOST, sent);
}

function aboutTimes(sent: SentSpan): Finding[] {
  const { startTimeUnixNano, endTimeUnixNano } = sent.span;
  const start = nanosToMs(startTimeUnixNano);
  const end = nanosToMs(endTimeUnixNano);
  const findings: Finding[] = [];
  if (start !== undefined && start < END_OF_1970_MS) {
    findings.push(finding("time_1970", "the start is zero: stored as 1970", sent));
  }
  if (end === undefined) {
    findings.push(finding("missing_end", "no end: Langfuse takes the start for it", sent));
  } else if (end < END_OF_1970_MS) {
    findings.push(finding("time_1970", "the end is zero: stored as 1970", sent));
  } else if (start !== undefined && end < start) {
    const message = "the end is before the start: kept as a negative latency";
    findings.push(finding("end_before_start", message, sent));
  }
  return findings;
}

function aboutContent(sent: SentSpan): { observation: SeenObservation; findings: Finding[] } {
  const findings = aboutTimes(sent);
  const observation = readObservation(sent, (kind, message) => {
    findings.push(finding(kind, message, sent));
  });
  return { observation, findings };
}

/** Facts of a key, looked up once and then kept up. */
function remembered(
  memory: Map<string, Set<string>>,
  key: string,
  lookUp: () => readonly string[],
): Set<string> {
  const set = memory.get(key) ?? new Set(lookUp());
  memory.set(key, set);
  return set;
}

/** Decides span by span what becomes of an export of one request. */
export function fateOfExport(spans: readonly SentSpan[], known: Known): ExportFate {
  const losses = spans.map(whatLoses).filter((loss) => loss !== undefined);
  const losesSecond = losses.some(({ kind }) => kind === "lone_surrogate");
  if (losses.length === 0 && spans.length > 0 && known.secondIsLost()) {
    losses.push(finding("lone_surrogate", SECOND_LOST, spans[0]));
  }
  const fate: ExportFate = {
    kept: [],
    resent: [],
    findings: [...losses, ...scopeNoise(spans)],
    losesSecond,
  };
  const seen = new Map<string, Set<string>>();
  const roots = new Map<string, Set<string>>();
  const here = new Set<string>();

  for (const sent of spans) {
    const { observation, findings } = aboutContent(sent);
    fate.findings.push(...findings);
    if (losses.length > 0) continue;
    const { traceId, spanId } = sent;
    const hash = hashOf(sent);
    if (here.has(hash)) {
      const message = "twice in one request, byte for byte: Langfuse makes one row of it";
      fate.findings.push(finding("resent_span", message, sent));
      continue;
    }
    here.add(hash);
    const copies = remembered(seen, JSON.stringify([traceId, spanId]), () =>
      known.hashes(traceId, spanId),
    );
    if (copies.has(hash)) {
      fate.resent.push({ hash, sent, observation });
      const message = "sent again, byte for byte: doubled in Langfuse until a background merge";
      fate.findings.push(finding("resent_span", message, sent));
      continue;
    }
    if (copies.size > 0) {
      const message =
        "sent again with other content: both are returned and counted, then one replaces the other whole";
      fate.findings.push(finding("duplicate_span", message, sent));
    }
    copies.add(hash);
    fate.kept.push({ hash, sent, observation });
    if (!observation.root) continue;
    const traceRoots = remembered(roots, traceId, () => known.roots(traceId));
    traceRoots.add(spanId);
    if (traceRoots.size > 1) {
      const message = `the trace has ${traceRoots.size} roots: ${[...traceRoots].slice(0, 5).join(", ")}`;
      fate.findings.push(finding("second_root", message, sent));
    }
  }
  return fate;
}

function scopeNoise(spans: readonly SentSpan[]): Finding[] {
  const names = new Set(spans.map((sent) => sent.scope));
  return [...names]
    .filter((name) => !name.startsWith("langfuse-sdk"))
    .map((name) =>
      finding(
        "scope_noise",
        `scope ${name === "" ? "(none)" : readable(name, 60)} does not begin with langfuse-sdk: every attribute is repeated in the metadata`,
      ),
    );
}
