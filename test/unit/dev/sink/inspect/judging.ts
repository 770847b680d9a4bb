// A request judged against what is stored: nothing, where nothing is said.
import {
  inspect,
  type SinkRequest,
  type Verdict,
} from "../../../../../src/dev/sink/inspect/inspect.ts";
import type { Known } from "../../../../../src/dev/sink/inspect/export.ts";

const NOTHING: Known = { hashes: () => [], roots: () => [], secondIsLost: () => false };
export const judge = (request: SinkRequest, known = NOTHING): Verdict => inspect(request, known);
export const kinds = (verdict: Verdict): string[] => verdict.findings.map((found) => found.kind);
