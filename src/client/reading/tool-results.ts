// The results of tools that a request brings back to the model, as chat libraries post them: the last
// messages of its body. Pure.
import { type Loose, objects, word } from "../stream/loose.ts";

export interface ToolResult {
  /** The call's id; the tool's name where calls have none. */
  id: string;
  output?: unknown;
  error?: unknown;
  /** The user's word, where the call waited for that. */
  approved?: boolean;
}

/** The result that one part, item or message holds; what holds none is a question, or a call. */
function resultOf(one: Loose): ToolResult | undefined {
  const { functionResponse: named, toolInvocation, approval } = one;
  if (toolInvocation) return resultOf(toolInvocation);
  if (named) return { id: word(named.id) || word(named.name), output: named.response };
  const { toolCallId, tool_call_id, tool_use_id, call_id, approval_request_id, tool_name } = one;
  const id = [toolCallId, tool_call_id, tool_use_id, call_id, approval_request_id, tool_name]
    .map(word)
    .find(Boolean);
  if (!id) return undefined;
  const answer = (approval?.approved ?? one.approve) as unknown;
  // The AI SDK keeps the user's word beside the result.
  const state = word(one.state);
  const output = (one.output ?? one.result ?? one.content) as unknown;
  const error: unknown = one.errorText ?? (one.is_error && output);
  if (error) return { id, error };
  if (output !== undefined || /result|output-av/.test(state)) return { id, output };
  if (typeof answer === "boolean") return { id, approved: answer };
  return /denied/.test(state) ? { id, approved: false } : undefined;
}

/** The results at the end of a request's body. */
export function toolResults(body: unknown): ToolResult[] {
  const { messages, input, contents } = Object(body) as Loose;
  const found: ToolResult[] = [];
  for (const message of objects(messages ?? input ?? contents).toReversed()) {
    const parts = [message.parts, message.content, message.toolInvocations].flatMap(objects);
    const here = [message, ...parts].flatMap((one) => resultOf(one) ?? []);
    if (!here[0]) break;
    found.push(...here);
  }
  return found;
}
