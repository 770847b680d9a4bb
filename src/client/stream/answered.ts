/** An answer as far as it was read. */
export interface Answered {
  /** The words that the user is told: text, refusals and transcripts of speech, never reasoning. */
  text: string;
  model?: string;
  /** Token counts by the provider's own names; the edge knows which are parts of which. */
  usage?: Record<string, unknown>;
  /** US dollars. */
  cost?: Record<string, number>;
  error?: string;
  /** It said itself that it is complete. */
  finished?: boolean;
  /** It said that somebody stopped it. */
  stopped?: boolean;
  /** The first text, reasoning or tool call has come; of an unknown format: the first bytes. */
  begun?: boolean;
  /** Why it ended, in the provider's word. */
  finishReason?: string;
  /** The message's id, as chat libraries keep it. */
  messageId?: string;
}
