import type { ActionRefusal, ActionRefusalCode } from "../../protocol/refusals.ts";

/** Thrown by what reads one action and caught where that action is interpreted, nowhere else. */
export class Refused extends Error {
  readonly refusal: ActionRefusal;

  constructor(code: ActionRefusalCode, message: string, path?: string) {
    super(message);
    this.name = "Refused";
    this.refusal = { code, message, ...(path !== undefined && { path }) };
  }
}
