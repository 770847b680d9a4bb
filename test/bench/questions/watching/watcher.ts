// A watcher of the live view, as a dashboard is one: it is let in by a read token, and acknowledges what it reads.
import {
  LIVE_PATH,
  LIVE_PROTOCOL,
  LIVE_TOKEN_PREFIX,
  type LiveMessage,
} from "../../../../src/protocol/live.ts";
import { basic } from "../../../support/post.ts";

/** Open when it was greeted. `told` hears of each message as it comes. */
export async function watch(url: string, told: (message: LiveMessage) => void): Promise<WebSocket> {
  const answer = await fetch(`${url}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: '{"scope":"read"}',
  });
  if (answer.status !== 200) throw new Error(`no read token: ${answer.status}`);
  const { token } = (await answer.json()) as { token: string };
  // Node's own takes headers beside the protocols; a browser names its origin by itself.
  const how = {
    protocols: [LIVE_PROTOCOL, LIVE_TOKEN_PREFIX + token],
    headers: { origin: new URL(url).origin },
  };
  const socket = new WebSocket(`${url.replace("http", "ws")}${LIVE_PATH}`, how as never);
  const { promise: greeted, resolve, reject } = Promise.withResolvers<void>();
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as LiveMessage;
    told(message);
    socket.send(JSON.stringify({ ack: message.n }));
    resolve();
  });
  socket.addEventListener("error", () => reject(new Error("a watcher was not let in")));
  await greeted;
  return socket;
}
