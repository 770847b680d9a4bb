"use client";
/**
 * Tracing for React 18 and 19: a provider and hooks, for chat libraries and for flows by hand.
 *
 * @module
 * @example
 * <TracingProvider options={{ publicKey: "pk-lf-…", sessionId: "conversation-1" }}>
 *   <Chat />
 * </TracingProvider>
 * @example
 * const fetch = useTracedFetch({ assistantName: "Research Assistant" });
 * const chat = useChat({ transport: new DefaultChatTransport({ fetch }) });
 */
import type * as React from "react";
import type { ProviderProps } from "./react-tracing.ts";
import { tracing } from "./react/tracing.ts";

export type { ChatTurn } from "./chat.ts";
export type { GetClient, Streaming, StreamingOptions } from "./react-tracing.ts";
export type TracingProviderProps = ProviderProps<React.ReactNode>;

export const { TracingProvider, useTracing, useTracedFetch, useMessageStreaming } = tracing;
export { TracingErrorBoundary, type TracingErrorBoundaryProps } from "./react/error-boundary.ts";
export { Feedback, type FeedbackProps } from "./react/feedback.ts";
export { type MessageFeedback, useFeedback } from "./react/use-feedback.ts";
export { useErrorTracking } from "./react/use-error-tracking.ts";
export type { MessageRef } from "./feedback/message-memory.ts";
export type { FeedbackFields, FeedbackValue } from "./feedback/score.ts";
