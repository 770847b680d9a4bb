// Observations of legacy clients that are being assembled, by their clients' ids: an update that names no trace
// finds it here. Derived from the state and private, so that it is neither stored nor compared.
import type { SessionState } from "../state.ts";

export class ObservationNames {
  /** Langfuse trace ids; of one id in two traces, the later. */
  readonly #traces = new Map<string, string>();

  put(observation: string, trace: string): void {
    this.#traces.set(observation, trace);
  }

  remove(observation: string, trace: string): void {
    if (this.#traces.get(observation) === trace) this.#traces.delete(observation);
  }

  traceOf(observation: string): string | undefined {
    return this.#traces.get(observation);
  }
}

/** The traces, by their clients' ids, of observations (by theirs) that are being assembled; null for others. */
export function tracesOf(
  { observationNames, openTraces }: SessionState,
  observations: readonly string[],
): (string | null)[] {
  return observations.map((observation) => {
    const id = observationNames.traceOf(observation);
    return id === undefined ? null : (openTraces.get(id)?.raw ?? id);
  });
}
