// Whether the edge may listen there, asked before the runtime is started: its own words would help nobody.
import { once } from "node:events";
import { createServer } from "node:net";
import { authority } from "../options/options.ts";
import { ServeError } from "../serve-error.ts";

export async function checkPort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
  } catch (error) {
    throw new ServeError("start", wordsFor(error, authority(host, port)));
  }
  const closed = once(server, "close");
  server.close();
  await closed;
}

function wordsFor(error: unknown, where: string): string {
  const { code = "", message } = error as { code?: string; message?: string };
  switch (code) {
    case "EADDRINUSE":
      return `${where} is taken by another program: stop it, or take another --port`;
    case "EACCES":
      return `${where} may not be listened on by this user: take a --port from 1024 on`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${where}: this machine has no such address; --host 0.0.0.0 listens on all it has`;
    default:
      return `${where} can't be listened on: ${message ?? code}`;
  }
}
