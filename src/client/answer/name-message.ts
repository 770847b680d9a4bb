import type { OpenTurn } from "../turn/open-turn.ts";

/** The most messages whose traces are known without a store. */
const MAX_MESSAGES = 200;

/** The message is the question or the answer of the turn; of a message that is answered anew, the latest counts. */
export function nameMessage({ trace, options, registry }: OpenTurn, id: string | undefined): void {
  const { messages } = registry;
  if (!id || messages.get(id)?.trace === trace) return;
  messages.delete(id);
  messages.set(id, { trace, owner: options.client.who().owner });
  const [oldest = ""] = messages.keys();
  if (messages.size > MAX_MESSAGES) messages.delete(oldest);
}
