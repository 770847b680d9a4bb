// What Langfuse would do with a request: refuse it, or take it and then keep, lose or double what is
// in it. As strict as the contract that was measured on a real Langfuse 4.16. Pure: no I/O, no clock,
// never throws whatever the bytes are. It must not be kinder than Langfuse.
import type { Api, KeptScore } from "../view/answers.ts";
import { type Finding, finding, readable } from "./finding.ts";
import { type ReadExport, readExport } from "../../../otlp/read-export.ts";
import { fateOfBatch, TOLD } from "./batch.ts";
import { fateOfExport, type KeptSpan, type Known } from "./export.ts";
import { decodeExport } from "../../../otlp/decode-protobuf.ts";
import { isTooDeep } from "../../../otlp/json.ts";

/** Rights of a request: a public key alone writes scores and nothing else. */
export type Access = "full" | "scores" | "none";

/** A request as the route has read it: no key in it. */
export interface SinkRequest {
  api: Api;
  access: Access;
  contentType: string;
  /** `x-langfuse-ingestion-version`. */
  ingestionVersion?: string;
  /** `x-langfuse-sdk-name`. */
  sdkName?: string;
  /** The name of the observations and scores that are to be refused, where a developer asked for it. */
  refuse?: string;
  /** Unzipped; or why it could not be read. */
  body: Uint8Array | "too_large" | "unreadable";
}

export interface Verdict {
  status: number;
  /** The answer: JSON, but for text where Langfuse writes text. */
  body: string;
  contentType: string;
  kept: KeptSpan[];
  resent: KeptSpan[];
  scores: KeptScore[];
  findings: Finding[];
  /** All spans of the same second are lost, those of other requests too. */
  losesSecond: boolean;
}

const NAME = { otlp: "trace export", ingestion: "ingestion batch" } as const;

function answer(status: number, body: unknown, more: Partial<Verdict> = {}): Verdict {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const contentType = typeof body === "string" ? "text/plain" : "application/json";
  return {
    status,
    body: text,
    contentType,
    kept: [],
    resent: [],
    scores: [],
    findings: [],
    losesSecond: false,
    ...more,
  };
}

/** An export is refused with `error`, a batch with `message`; what cannot be read of it with text. */
function refuse(api: Api, status: number, words: string, asText = false): Verdict {
  const message = `${NAME[api]} refused with ${status}: ${words}`;
  const body = asText ? words : api === "otlp" ? { error: words } : { message: words };
  return answer(status, body, { findings: [finding("refused", message)] });
}

/** A body that is not what it should be, in the words of each API. */
function refuseBody(api: Api, otlpWords: string): Verdict {
  return api === "otlp" ? refuse(api, 400, otlpWords) : refuse(api, 400, "Invalid JSON", true);
}

const TOO_LARGE: Readonly<Record<Api, string>> = {
  otlp: "Body exceeded the size limit",
  ingestion: "Body exceeded 4.5mb limit",
};

/** The official SDKs name no version and are not late. */
const OFFICIAL_SDKS = new Set(["javascript", "python"]);

function refusedAtTheDoor(request: SinkRequest): Verdict | undefined {
  const { api, access, ingestionVersion: version } = request;
  if (access === "none") {
    return refuse(api, 401, "Invalid credentials: the keys are not this project's");
  }
  if (access === "scores" && api === "otlp") {
    return refuse(api, 403, "Access denied: a public key alone may only write scores");
  }
  if (version !== undefined && version !== "4") {
    const words = `Unsupported x-langfuse-ingestion-version: "${readable(version, 40)}". Maximum supported: "4".`;
    return refuse(api, 400, words);
  }
  if (request.body === "too_large") return refuse(api, 413, TOO_LARGE[api], true);
  if (request.body === "unreadable") return refuseBody(api, "Failed to decompress request body");
  return undefined;
}

type Format = "JSON" | "Protobuf";

function formatOf({ api, contentType }: SinkRequest): Format | undefined {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") return "JSON";
  return api === "otlp" && type === "application/x-protobuf" ? "Protobuf" : undefined;
}

function parse(bytes: Uint8Array, format: Format): { payload: unknown } | undefined {
  try {
    const payload: unknown =
      format === "Protobuf"
        ? decodeExport(bytes)
        : JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return isTooDeep(payload) ? undefined : { payload };
  } catch {
    return undefined;
  }
}

/** Judges a request against what is stored. */
export function inspect(request: SinkRequest, known: Known): Verdict {
  const refused = refusedAtTheDoor(request);
  if (refused) return refused;
  const { api } = request;
  const bytes = typeof request.body === "string" ? new Uint8Array() : request.body;
  const format = formatOf(request);
  if (format === undefined) return refuse(api, 400, "Invalid content type");
  const parsed = parse(bytes, format);
  if (parsed === undefined) {
    return refuseBody(api, `Failed to parse OTel ${format} Trace`);
  }
  return api === "otlp"
    ? inspectExport(parsed.payload, request, known)
    : inspectBatch(parsed.payload, request.refuse);
}

function inspectExport(payload: unknown, request: SinkRequest, known: Known): Verdict {
  const read = readExport(payload);
  const refusal = refusalOf(refusedByName(read, request.refuse));
  if (refusal !== undefined) return refuse("otlp", 400, refusal);
  const { kept, resent, findings, losesSecond } = fateOfExport(read.spans, known);
  if (request.ingestionVersion === undefined && !OFFICIAL_SDKS.has(request.sdkName ?? "")) {
    const message =
      "no x-langfuse-ingestion-version: 4 header: Langfuse shows the data up to 10 minutes late";
    findings.push(finding("late_data", message));
  }
  return answer(200, {}, { kept, resent, findings, losesSecond });
}

/** The export with the spans of this name counted as invalid, beside those that are. */
function refusedByName(read: ReadExport, name: string | undefined): ReadExport {
  const named =
    name === undefined ? 0 : read.spans.filter(({ span }) => span["name"] === name).length;
  if (named === 0) return read;
  const invalid = Math.min(read.total, read.invalid + named);
  return { ...read, invalid, reasons: [...read.reasons, `name:${TOLD}`] };
}

/** In Langfuse's words, which a sender may go by. One bad span costs the good ones beside it. */
function refusalOf({ total, invalid, malformed, reasons }: ReadExport): string | undefined {
  if (invalid === 0 && malformed === 0) return undefined;
  const problems = [
    invalid > 0 && `${invalid} of ${total} span(s) cannot be processed`,
    malformed > 0 && `${malformed} resource- or scope-level field(s) are present but not arrays`,
  ].filter((problem) => problem !== false);
  return `Invalid OTLP trace export: ${problems.join("; ")} (${reasons.join(", ")}). The entire export was rejected and no spans were ingested.`;
}

function inspectBatch(payload: unknown, refused?: string): Verdict {
  const fate = fateOfBatch(payload, refused);
  if (fate === undefined) return refuse("ingestion", 400, "Invalid request data");
  const { successes, errors, kept, findings } = fate;
  if (errors.length > 0) {
    const [first] = errors;
    const words = `${errors.length} of ${errors.length + successes.length} events of an ingestion batch refused: ${first?.message} (${first?.error})`;
    findings.push(finding("refused", words));
  }
  return answer(207, { successes, errors }, { scores: kept, findings });
}
