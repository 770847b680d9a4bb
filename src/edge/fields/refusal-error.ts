import type { ActionRefusal, ActionRefusalCode } from "../../protocol/refusals.ts";

/** Thrown by readers of one action; caught where that action is interpreted (interpret.ts), nowhere else. */
export class RefusalError extends Error {
  readonly refusal: ActionRefusal;

  constructor(code: ActionRefusalCode, message: string, path?: string) {
    super(message);
    this.name = "RefusalError";
    this.refusal = { code, message, ...(path !== undefined && { path }) };
  }
}
