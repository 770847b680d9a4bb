// A recording is one answer as a provider or SDK sends it, and what is right to read of it.

export interface Recording {
  name: string;
  /** Undefined: the answer has none. */
  contentType?: string | undefined;
  /** A header of the AI SDK says that it is a stream. */
  isEventStream?: boolean;
  chunks: string[];
  text: string;
  model?: string;
  /** What Langfuse is told of it. */
  usage?: Record<string, number>;
  cost?: Record<string, number>;
  error?: string;
  /** Where it is not known, an answer's connection has to end well. */
  finished?: true;
  stopped?: true;
  finishReason?: string;
  messageId?: string;
  /** The chunk with the first text, reasoning or tool call; undefined: none has any. */
  begins: number | undefined;
}

export const EVENTS = "text/event-stream";
export const event = (told: unknown): string => `data: ${JSON.stringify(told)}\n\n`;
export const named = (name: string, told: unknown): string => `event: ${name}\n${event(told)}`;
export const DONE = "data: [DONE]\n\n";
export const line = (told: unknown): string => `${JSON.stringify(told)}\n`;
