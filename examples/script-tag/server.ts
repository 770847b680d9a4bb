// Serves the page and a chat API that streams. With BACKEND_URL the chat is answered there instead.
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";

const { PORT = "8080", EDGE_URL = "http://127.0.0.1:8787", BACKEND_URL } = process.env;
const page = readFileSync(new URL("index.html", import.meta.url), "utf8");

async function chat(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (BACKEND_URL === undefined) {
    outgoing.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
    for (const word of ["A ", "server ", "near ", "the ", "user."]) {
      outgoing.write(word);
      await setTimeout(50);
    }
    outgoing.end();
    return;
  }
  // The backend joins the trace by these two headers, or by the ids in the body.
  const { traceparent, baggage } = incoming.headers;
  const answer = await fetch(`${BACKEND_URL}/chat`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(traceparent !== undefined && { traceparent: String(traceparent) }),
      ...(baggage !== undefined && { baggage: String(baggage) }),
    },
    body: Buffer.concat(await Array.fromAsync<Buffer>(incoming)),
  });
  outgoing.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
  if (answer.body === null) outgoing.end();
  else Readable.fromWeb(answer.body).pipe(outgoing);
}

createServer((incoming, outgoing) => {
  if (incoming.method === "POST" && incoming.url === "/api/chat") {
    chat(incoming, outgoing).catch((error: unknown) => {
      console.error(BACKEND_URL, "does not answer:", error);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end("the backend does not answer");
    });
  } else {
    outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    outgoing.end(page.replaceAll("http://127.0.0.1:8787", EDGE_URL));
  }
}).listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}`));
