// The end of a run of posts: each record that was not taken alone is judged by what the run, and health,
// know to have passed. Asks health at most once a kind; decides by blame.ts.
import {
  type Blame,
  blame,
  type Earlier,
  mayBeTheMoment,
  type NotTaken,
  type Proof,
  story,
} from "./blame.ts";
import type { EncodedRecord } from "../pack.ts";

export interface JudgeDeps {
  /** Others of the kind were taken in this run. */
  delivered: boolean;
  /** Others of the kind were taken a moment ago. */
  proven: boolean;
  provenSince: (lease: number) => Promise<boolean>;
  earlierOf: (record: EncodedRecord) => Earlier | undefined;
  now: () => number;
}

export interface Judgement {
  blame: Blame;
  /** Of a record that dies: why, and Langfuse's words. */
  reason: "refused" | "never_taken";
  message: string;
}

export async function judge(one: NotTaken, deps: JudgeDeps): Promise<Judgement> {
  const earlier = deps.earlierOf(one.record);
  const at = deps.now();
  return {
    blame: blame(one, await proofFor(one, deps), earlier, at),
    reason: one.how === "refused" ? "refused" : "never_taken",
    message: story(one, earlier, at),
  };
}

async function proofFor(
  one: NotTaken,
  { delivered, proven, provenSince }: JudgeDeps,
): Promise<Proof> {
  const { record, about, hadProof = false } = one;
  if (delivered) return mayBeTheMoment(one) && !hadProof ? "lately" : "now";
  if (about === "record") return "none";
  if (proven) return "lately";
  return (await provenSince(record.lease)) ? "lately" : "none";
}
