/** The body that the page posts: its question, how it wants to see it fail, and what a backend joins by. */
export interface ChatRequest {
  question: string;
  assistant_name: string;
  /** To be seen failing: before the first word, or in the middle. */
  fails?: "at_once" | "midway";
  /** The variant of the experiment that the page is in: `plain` or `friendly`. */
  tone?: string;
  /** The browser's own ids. This backend goes by the headers; the Python one by these. */
  trace_id?: string;
  parent_span_id?: string;
  session_id?: string;
  user_id?: string;
}

/** Half a surrogate pair would cost Langfuse other requests' spans as well; the SDK lets it through. */
const whole = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? value.toWellFormed() : value;

/** The request out of its JSON; undefined where it asks nothing. */
export function readChatRequest(text: string): ChatRequest | undefined {
  try {
    const asked = JSON.parse(text, whole) as Partial<ChatRequest> | null;
    if (typeof asked?.question !== "string" || typeof asked.assistant_name !== "string") {
      return undefined;
    }
    return { ...asked, question: asked.question, assistant_name: asked.assistant_name };
  } catch {
    return undefined;
  }
}
