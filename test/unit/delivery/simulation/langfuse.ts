// A Langfuse whose answers depend on what it is sent, and come when it says.
import { type LangfuseAnswer, classify } from "../../../../src/langfuse/classify.ts";
import type { WireKind, WirePart } from "../../../../src/langfuse/encode.ts";
import { POST_TIMEOUT_MS } from "../../../../src/protocol/delivery-times.ts";
import { type MovedTime, T0 } from "../../../support/moved-time.ts";

/** An answer of Langfuse, and how soon. */
const QUICK_MS = 50;

/** What Langfuse does with a request of these records; `hang` never answers. */
export type Answering = (
  names: readonly string[],
  kind: WireKind,
  project: string,
) =>
  | {
      status: number;
      body?: string;
      retryAfter?: string;
      /** How late it answers; later than the POST's timeout is not at all. */
      afterMs?: number;
    }
  | "hang"
  | "taken";

export interface Post {
  at: number;
  kind: WireKind;
  names: string[];
  taken: boolean;
}

export class SimulatedLangfuse {
  answering: Answering = () => "taken";
  readonly posts: Post[] = [];
  /** When it took each record, by name, the first time: ms since the beginning. */
  readonly takenAt = new Map<string, number>();
  readonly twice: string[] = [];
  readonly #time: MovedTime;

  constructor(time: MovedTime) {
    this.#time = time;
  }

  async post(
    project: string,
    kind: WireKind,
    parts: readonly WirePart[],
    timeoutMs = POST_TIMEOUT_MS,
  ) {
    const names = parts.map((part) => {
      const text = typeof part === "string" ? part : part.text;
      const { spanId, body } = JSON.parse(text) as { spanId?: string; body?: { id: string } };
      return spanId ?? body?.id ?? "";
    });
    const asked = this.answering(names, kind, project);
    const afterMs = typeof asked === "object" ? (asked.afterMs ?? QUICK_MS) : QUICK_MS;
    const answering = afterMs > timeoutMs ? "hang" : asked;
    const taken = isTaken(answering);
    const post = { at: this.#time.now - T0, kind, names, taken };
    this.posts.push(post);
    await this.#time.wait(answering === "hang" ? timeoutMs : afterMs);
    if (taken) {
      for (const name of names) {
        if (this.takenAt.has(name)) this.twice.push(name);
        else this.takenAt.set(name, this.#time.now - T0);
      }
    }
    return classify(answerOf(answering), this.#time.now);
  }
}

function isTaken(answering: ReturnType<Answering>): boolean {
  if (typeof answering === "string") return answering === "taken";
  return answering.status === 200 && answering.body === undefined;
}

function answerOf(answering: ReturnType<Answering>): LangfuseAnswer {
  if (answering === "hang") return { failure: "timeout", detail: "no answer" };
  const { status, body = "{}", ...more } = answering === "taken" ? { status: 200 } : answering;
  return { status, contentType: "application/json", bodyText: body, cut: false, ...more };
}
