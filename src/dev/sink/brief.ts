// An observation without its large texts: what lists and trees need, small enough to keep beside it.
import { readable } from "./finding.ts";
import type { SeenObservation } from "./observation.ts";

export type BriefObservation = Omit<
  SeenObservation,
  "input" | "output" | "metadata" | "traceMetadata" | "modelParameters"
>;

/** Its texts are cut to what a list can show. */
export function briefly(observation: SeenObservation): BriefObservation {
  const {
    input: _input,
    output: _output,
    metadata: _metadata,
    traceMetadata: _traceMetadata,
    modelParameters: _modelParameters,
    ...brief
  } = observation;
  return {
    ...brief,
    name: readable(brief.name, 300),
    ...(brief.statusMessage !== undefined && { statusMessage: readable(brief.statusMessage) }),
    tags: brief.tags.slice(0, 100).map((tag) => readable(tag, 200)),
  };
}
