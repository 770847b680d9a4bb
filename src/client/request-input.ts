interface Asked {
  model?: unknown;
  messages?: unknown;
  input?: unknown;
  prompt?: unknown;
  message?: unknown;
  question?: unknown;
}

/** What a chat request asks: its last message, and the model that it names. */
export function requestInput(body: unknown): { input?: unknown; model?: string } {
  if (typeof body !== "string") return {};
  let asked: Asked;
  try {
    asked = JSON.parse(body) as Asked;
  } catch {
    return { input: body };
  }
  const said = asked.messages ?? asked.input ?? asked.prompt ?? asked.message ?? asked.question;
  const last: unknown = Array.isArray(said) ? said.at(-1) : said;
  const { content, parts } = Object(last) as { content?: unknown; parts?: unknown };
  return {
    input: content ?? parts ?? last ?? asked,
    ...(typeof asked.model === "string" && { model: asked.model }),
  };
}
