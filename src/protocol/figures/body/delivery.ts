// What becomes of what was accepted, in the JSON of figures. Only types.
import type { Distribution } from "./distribution.ts";

export interface LangfuseKindBody {
  kind: "observation" | "score";
  /** Requests of ours to Langfuse. */
  requests: number;
  /** By what became of them: `delivered`, `timeout`, `unavailable`, `unauthorized` … */
  answers: Record<string, number>;
  /** ms. */
  latency: Distribution;
  series: { requests: number[]; failed: number[]; p50: (number | null)[]; p99: (number | null)[] };
}

export interface DeliveryBody {
  /** Of all time, as `GET /api/langfuse/outcomes` has them. */
  accepted: number;
  delivered: number;
  pending: number;
  dead: number;
  dropped: Record<string, number>;
  balance: number;
  oldestPending: { since: string; ageSeconds: number } | null;
  deadLetters: { total: number; byReason: Record<string, number> };
  langfuse: LangfuseKindBody[];
  /** In the range asked for: sessions with a turn, and objects that delivered something. */
  alive: { sessions: number; objects: number };
}
