import { once } from "node:events";
import { createServer } from "node:net";

const HIGHEST = 65_535;

/** The port if it is free on loopback, else the next free one after it; 0: any. */
export async function freePort(from = 0): Promise<number> {
  for (let port = from; port <= HIGHEST; port += 1) {
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch {
      continue;
    }
    const address = server.address();
    server.close();
    await once(server, "close");
    if (typeof address === "object" && address !== null) return address.port;
  }
  throw new Error("no port is free");
}
