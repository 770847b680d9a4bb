import type { Experiments } from "../experiments/labels.ts";
import type { Target } from "./propagation.ts";
import type { LangfuseProxy, TraceHandle } from "../trace/proxy.ts";

/** An app's words on a chat turn. */
export interface TurnOptions {
  client: LangfuseProxy;
  /** Names the trace. Default `Assistant`. */
  assistantName?: string;
  assistantId?: string;
  /** The user's message. */
  message?: string;
  /** The trace's input, where it is more than the message. */
  input?: unknown;
  sessionId?: string;
  userId?: string;
  metadata?: Record<string, unknown>;
  tags?: string[];
  /** The variants that the turn is part of, such as `{ tone: "friendly" }`. Default: the client's. */
  experiments?: Experiments | undefined;
  /** A trace that was begun before: none is created. */
  trace?: TraceHandle;
  traceId?: string;
  /** End the trace with the turn? Default: where the turn created it. */
  endTrace?: boolean;
  /** The time of the click, epoch ms. Default now. */
  clickedAt?: number;
  /** How long the chat request may wait for the flush before it (and for who the user is), ms. Default 0. */
  flushWaitMs?: number;
  /** The places that get trace headers besides the same origin. */
  propagateTo?: Target[];
  /** Tell the backend the user in the baggage. */
  propagateUser?: boolean;
  /** False: neither what was asked nor what was answered is kept. */
  captureContent?: boolean;
  /** Stands in for the global `fetch`. */
  fetch?: typeof fetch;
}
