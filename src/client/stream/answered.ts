/** A call of a tool, as far as the answer has shown it. */
export interface ToolCall {
  /** The provider's id of the call; the tool's name where calls have none. */
  id: string;
  /** Empty where an earlier answer told it. */
  name: string;
  /** A value, or JSON text as it came. */
  input?: unknown;
  output?: unknown;
  error?: string;
  /** When the last piece of its input came, epoch ms. */
  startedAt: number;
  /** Its input is complete. */
  ready?: boolean;
  /** When its result came, epoch ms. */
  endedAt?: number;
  /** It waits for the user's word. */
  needsApproval?: boolean;
  /** The user said no. */
  denied?: boolean;
}

/** An answer as far as it was read. */
export interface Answered {
  /** The words that the user is told: text, refusals and transcripts of speech, never reasoning. */
  text: string;
  /** The thoughts that came before. */
  reasoning?: string;
  tools?: ToolCall[];
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
  /** It is a refusal, in words of its own. */
  refused?: boolean;
  /** The first text, reasoning or tool call has come; of an unknown format: the first bytes. */
  begun?: boolean;
  /** Why it ended, in the provider's word. */
  finishReason?: string;
  /** Not all of it could be read: its words may be missing. */
  unread?: boolean;
  /** The message's id, as chat libraries keep it. */
  messageId?: string;
}
