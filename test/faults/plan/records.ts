// The records that a run speaks of: what a plan expects, and what Langfuse was sent. Pure.
import { createHash } from "node:crypto";

export type Kind = "observation" | "score";

/** What a record says, by names of this harness; absent where it says nothing. */
export type Facts = Readonly<Record<string, unknown>>;

export interface ExpectedRecord {
  /** `{Langfuse trace id}/{observation id}`, or `score/{id}`. */
  key: string;
  kind: Kind;
  session: string;
  /** Its place in the session, from 0. */
  turn: number;
  facts: Facts;
  /** Actions that it stands for. */
  actions: number;
  /** How far times may be off, ms. */
  toleranceMs?: number;
  /** The content that a scripted Langfuse refuses. */
  guilty?: true;
}

/** One copy of a record that Langfuse took, in the order taken. */
export interface Copy {
  key: string;
  kind: Kind;
  /** As it stood in the request. */
  text: string;
  facts: Facts;
  /** When the request had come, epoch ms. */
  at: number;
  /** When the whole of a good answer had left; absent where the edge could not know. */
  answeredAt?: number;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The published rules of ids, computed anew. */
export const traceIdOf = (id: string): string => hash(id).slice(0, 32);
export const rootIdOf = (trace: string): string => hash(`${trace}/root`).slice(0, 16);
export const observationIdOf = (trace: string, id: string): string =>
  hash(`${trace}/${id}`).slice(0, 16);
export const observationKey = (trace: string, observation: string): string =>
  `${trace}/${observation}`;
export const scoreKey = (id: string): string => `score/${id}`;
