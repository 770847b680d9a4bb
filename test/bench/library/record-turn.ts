// The browser library's full turn of the seed's flow, run for real: the click, the interface's span,
// the flush before the chat request, an answer that streams, the end. In Node, with a chat backend
// that exists only as a `fetch`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type * as Chat from "../../../src/client/chat.ts";
import type * as Library from "../../../src/client/index.ts";
import type { RecordedTurn } from "../load/plan.ts";

export interface TurnOfLibrary {
  sessionId: string;
  /** Where the library's requests go. */
  send: (body: string) => Promise<Response>;
  chunks: number;
  /** Between two chunks, ms. */
  everyMs: number;
}

export type RunTurn = (turn: TurnOfLibrary) => Promise<void>;

/** Bundles the library as an app would; what runs a turn with it. */
export async function libraryIn(folder: string): Promise<RunTurn> {
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "library.mjs");
  await build({
    stdin: {
      contents: `export * from "./src/client/index.ts"; export * from "./src/client/chat.ts";`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    format: "esm",
    platform: "neutral",
    outfile,
    logLevel: "error",
  });
  const library = (await import(pathToFileURL(outfile).href)) as typeof Chat & typeof Library;
  return (turn) => runTurn(library, turn);
}

const QUESTION = "How do I get from the museum to the harbour without a car?";
const WORDS = "Take tram 4 to the harbour; it runs every ten minutes. ".split(/(?<= )/);

async function runTurn(
  { LangfuseProxy, traceChat }: typeof Chat & typeof Library,
  { sessionId, send, chunks, everyMs }: TurnOfLibrary,
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const client = new LangfuseProxy({
    sessionId,
    endpoint: "https://edge.test/api/langfuse/trace",
    fetch: async (_url, init) => {
      const body = await new Response(init?.body).text();
      const response = await send(body);
      if (body.includes('"end_trace"')) over.resolve();
      return response;
    },
  });
  const turn = traceChat({
    client,
    message: QUESTION,
    assistantName: "Research Assistant",
    assistantId: "asst_123456",
    sessionId,
    userId: "ada@example.com",
    fetch: async () =>
      new Response(answer(chunks, everyMs), { headers: { "content-type": "text/plain" } }),
  });
  const response = await turn.fetch("https://backend.test/chat", {
    method: "POST",
    body: JSON.stringify(turn.body({ question: QUESTION })),
  });
  await response.text();
  await over.promise;
}

function answer(chunks: number, everyMs: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      controller.enqueue(encoder.encode(WORDS[sent % WORDS.length]));
      sent += 1;
      if (sent === chunks) controller.close();
    },
  });
}

/** The bodies of one such turn, as they were sent. */
export async function recordTurn(runTurn: RunTurn): Promise<RecordedTurn> {
  const bodies: string[] = [];
  await runTurn({
    sessionId: "recorded-session",
    chunks: 40,
    everyMs: 10,
    send: async (body) => {
      bodies.push(body);
      const { actions } = JSON.parse(body) as { actions: unknown[] };
      return Response.json({ success: true, results: actions.map(() => ({ success: true })) });
    },
  });
  return { bodies };
}
