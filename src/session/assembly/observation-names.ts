// Observations of legacy clients that are being assembled, by their clients' ids: an update that names no trace
// finds it here. Derived from the state and private, so that it is neither stored nor compared.

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
