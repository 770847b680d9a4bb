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
import * as React from "react";
import { createReactTracing, type ProviderProps } from "./react-tracing.ts";

export type { ChatTurn } from "./chat.ts";
export type { GetClient, Streaming, StreamingOptions } from "./react-tracing.ts";
export type TracingProviderProps = ProviderProps<React.ReactNode>;

export const { TracingProvider, useTracing, useTracedFetch, useMessageStreaming } =
  createReactTracing<React.ReactElement, React.ReactNode>(React);
