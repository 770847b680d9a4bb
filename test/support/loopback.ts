// A server that listens on loopback, where no other machine reaches it, and ends with the test.
import { once } from "node:events";
import type { Server } from "node:http";

export interface Loopback {
  /** Without a slash at its end. */
  url: string;
  close: () => Promise<void>;
}

export async function onLoopback(server: Server): Promise<Loopback> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
