// What a page tells in the model of a session.
import type { Change, ScoreChange } from "../../../../src/protocol/change.ts";
import { langfuseTraceId } from "../../../../src/protocol/ids.ts";
import { spanChange, turnSteps } from "../../support.ts";

/** A page's turns one upon the other, each with a score, a straggler and an event of its own. */
export function stories(): (Change | ScoreChange)[] {
  return Array.from({ length: 12 }, (_, n) => {
    const raw = `ui2-model-${n}`;
    const straggler = { ...spanChange("update", "ui", raw), fields: { output: "late" } };
    return [
      ...turnSteps(raw),
      { kind: "score" as const, trace: langfuseTraceId(raw), id: `score-${n}`, body: "{}" },
      straggler,
      { ...spanChange("create", "x", raw), type: "event" as const },
    ];
  }).flat();
}
