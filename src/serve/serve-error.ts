/** Why an edge could not be served, in words for the person who called. */
export class ServeError extends Error {
  /** `usage`: the command line or the environment; `start`: the machine, or what is on it. */
  readonly kind: "usage" | "start";

  constructor(kind: "usage" | "start", message: string) {
    super(message);
    this.name = "ServeError";
    this.kind = kind;
  }
}
