// A Hono app on a loopback port, for clients that must speak real HTTP.
import { createServer } from "node:http";
import type { Hono } from "hono";

export interface Served extends AsyncDisposable {
  url: string;
}

export async function serve(app: Hono): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      void (async () => {
        const headers = new Headers();
        for (const [name, value] of Object.entries(incoming.headersDistinct)) {
          for (const one of value ?? []) headers.append(name, one);
        }
        const method = incoming.method ?? "GET";
        const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
        const request = new Request(`http://127.0.0.1${incoming.url}`, {
          method,
          headers,
          ...body,
        });
        const response = await app.fetch(request);
        outgoing.writeHead(response.status, Object.fromEntries(response.headers));
        outgoing.end(Buffer.from(await response.arrayBuffer()));
      })();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
