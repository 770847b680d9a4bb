import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { onLoopback } from "../../support/loopback.ts";

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

export interface Served {
  /** Its origin, on loopback and with a port of its own. */
  url: string;
  /** Breaks all connections, and each that comes, until it is told otherwise. */
  cut: (isCut: boolean) => void;
  close: () => Promise<void>;
}

export async function serve(handle: Handle): Promise<Served> {
  const server = createServer(handle);
  let cut = false;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    if (cut) return void socket.resetAndDestroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return {
    ...(await onLoopback(server)),
    cut: (isCut) => {
      cut = isCut;
      // Without a farewell, which a browser would take for the answer's end.
      if (isCut) for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
