// The code of docs/backends.md, run as it stands there: it makes the ids that the edge makes, and a
// backend's span stands below the browser's.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assign } from "../../../src/client/experiments/assign.ts";
import { langfuseObservationId, langfuseTraceId } from "../../../src/protocol/ids.ts";
import { KNOWN_ANSWERS } from "../client/experiments/known-answers.ts";

const page = readFileSync("docs/backends.md", "utf8");
function example(language: string, mark: string): string {
  const blocks = page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``, "g"));
  const found = [...blocks].map(([, code = ""]) => code).filter((code) => code.includes(mark));
  expect(found).toHaveLength(1);
  return found[0] ?? "";
}

const TRACES = [
  "ui2-1671234567890-abc123",
  "ABCDEF0123456789abcdef0123456789",
  "0".repeat(32),
  "ä",
];
const SPANS = ["call", "ABCDEF0123456789", "0".repeat(16), "Größe", "root"];

describe("in Node", () => {
  const exporter = new InMemorySpanExporter();
  let folder: string;
  let backend: {
    headersOf: (body: object) => Record<string, string>;
    answerInTrace: (headers: object, question: string, answer: unknown) => Promise<unknown>;
  };
  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(
      new CompositePropagator({
        propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
      }),
    );
    const spanProcessors = [new SimpleSpanProcessor(exporter)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    // Below the repository, so that its packages are found.
    mkdirSync("dist", { recursive: true });
    folder = mkdtempSync("dist/docs-");
    const path = join(folder, "backend.mjs");
    writeFileSync(path, example("js", "headersOf"));
    backend = (await import(/* @vite-ignore */ join(process.cwd(), path))) as typeof backend;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    context.disable();
    propagation.disable();
    trace.disable();
  });

  test.each(TRACES.flatMap((id) => SPANS.map((span) => [id, span] as const)))(
    "the headers of trace %s and span %s",
    (trace_id, parent_span_id) => {
      const id = langfuseTraceId(trace_id);
      expect(backend.headersOf({ trace_id, parent_span_id, session_id: "chat, 7" })).toEqual({
        traceparent: `00-${id}-${langfuseObservationId(id, parent_span_id)}-01`,
        baggage: `langfuse_trace_id=${id},langfuse_session_id=chat%2C%207`,
      });
    },
  );

  test("a span stands in the browser's trace, below its span", async () => {
    const ids = { trace_id: "ui2-1671234567890-abc123", parent_span_id: "call", session_id: "s" };
    const answer = await backend.answerInTrace(backend.headersOf(ids), "Why?", async () => "So.");
    expect(answer).toBe("So.");
    const [span] = exporter.getFinishedSpans();
    expect([span?.name, span?.spanContext().traceId, span?.parentSpanContext?.spanId]).toEqual([
      "backend-assistant-Research Assistant",
      "b2da82a90f74a406596bb57639b0bd19",
      "2f1bd695d75ceecc",
    ]);
  });
});

const noPython = spawnSync("python3", ["--version"]).status !== 0;
test.skipIf(noPython)("the ids in Python", () => {
  const code = example("python", "def parent_span_id");
  const script = `${code}
import json, sys
pairs = json.load(sys.stdin)
print(json.dumps([[langfuse_trace_id(t), parent_span_id(t, s)] for t, s in pairs]))`;
  const pairs = TRACES.flatMap((id) => SPANS.map((span) => [id, span] as const));
  const input = JSON.stringify(pairs);
  const made = execFileSync("python3", ["-c", script], { input, encoding: "utf8" });
  expect(JSON.parse(made)).toEqual(
    pairs.map(([id, span]) => [
      langfuseTraceId(id),
      langfuseObservationId(langfuseTraceId(id), span),
    ]),
  );
});

test.skipIf(noPython)("variants in Python are the library's", () => {
  const script = `${example("python", "def variant")}
import json, sys
known = json.load(sys.stdin)
print(json.dumps([variant(k["name"], k["variants"], k["id"], k.get("weights")) for k in known]))`;
  const known = [
    ...KNOWN_ANSWERS,
    ...Array.from({ length: 2000 }, (_, n) => {
      const weights = [n % 7, 0.1, 0.2, 1 / 3];
      const [name, id] = [`experiment ${n % 5}`, `user-${n}`];
      const variants = ["a", "b", "c", "d"];
      return { name, variants, id, weights, variant: assign(name, variants, id, weights) };
    }),
  ];
  const input = JSON.stringify(known);
  const made = execFileSync("python3", ["-c", script], { input, encoding: "utf8" });
  expect(JSON.parse(made)).toEqual(known.map((one) => one.variant));
});
