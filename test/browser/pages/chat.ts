// A chat page as people write it: a form, an answer that grows. The address says what it is to do,
// and a test finds the rest in `chat`.
import { type ChatTurn, traceChat, tracedFetch, type TurnOptions } from "langfuse-edge/chat";
import {
  type DropReason,
  type Identity,
  type StoredBatch,
  LangfuseProxy,
} from "langfuse-edge/client";
import { offlineQueue } from "langfuse-edge/offline";
import type { ChatSetup, Shown } from "../support/chat-lab.ts";

const setup = JSON.parse(decodeURIComponent(location.search.slice(1)) || "{}") as ChatSetup;
const { chatUrl = "/api/chat", identityUrl, turn } = setup;
const transcript = document.createElement("ol");
const drops: [DropReason, number][] = [];
const turns: ChatTurn[] = [];
const every: Shown[] = [];
const langfuse = new LangfuseProxy({
  ...setup.client,
  ...(setup.offline && { offline: offlineQueue() }),
  ...(identityUrl && {
    identify: async () => (await (await fetch(identityUrl)).json()) as Identity,
  }),
  onDrop: (reason, count) => drops.push([reason, count]),
});
const options: TurnOptions = { client: langfuse, ...turn };
const traced = tracedFetch(options);

/** The user's message is saved before the backend is asked. */
const saved = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

async function ask(message: string, by: ChatSetup["by"] = setup.by): Promise<Response> {
  const question = { model: "gpt-5", messages: [{ role: "user", content: message }] };
  const headers = { "content-type": "application/json" };
  const init = (body: object) => ({ method: "POST", headers, body: JSON.stringify(body) });
  if (by === "plain") return fetch(chatUrl, init(question));
  if (by !== "traceChat") return traced(chatUrl, init(question));
  const one = traceChat({ ...options, message });
  turns.push(one);
  one.latency.mark("firestore_save_started");
  await saved();
  return one.fetch(chatUrl, init(one.body(question)));
}

/** By a reader: Safari iterates no stream. */
async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = body!.getReader();
  for (let part; !(part = await reader.read()).done;) yield part.value;
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve) => request.addEventListener("success", () => resolve(request.result)));

async function kept(): Promise<StoredBatch[]> {
  const name = "langfuse-edge";
  if ((await indexedDB.databases()).every((one) => one.name !== name)) return [];
  const db = await done(indexedDB.open(name));
  const all = await done(db.transaction(name).objectStore(name).getAll());
  db.close();
  return all as StoredBatch[];
}

async function send(message: string, by?: ChatSetup["by"]): Promise<Shown> {
  const clicked = performance.now();
  const answer = transcript.appendChild(document.createElement("li"));
  const shown: Shown = { text: "", chunks: 0, firstMs: NaN };
  every.push(shown);
  try {
    const response = await ask(message, by);
    const decoder = new TextDecoder();
    for await (const chunk of chunksOf(response)) {
      if (!shown.chunks) shown.firstMs = performance.now() - clicked;
      shown.chunks += 1;
      shown.text += decoder.decode(chunk, { stream: true });
      answer.textContent = shown.text;
    }
    answer.dataset["state"] = "done";
  } catch (error) {
    shown.error = String(error);
    answer.dataset["state"] = "failed";
  }
  return shown;
}

async function arrivals(by: ChatSetup["by"]): Promise<number[]> {
  const response = await ask("", by);
  const late: number[] = [];
  const decoder = new TextDecoder();
  for await (const chunk of chunksOf(response)) {
    const now = performance.timeOrigin + performance.now();
    for (const [sent] of decoder.decode(chunk).matchAll(/\d{13}\.\d{3}/g))
      late.push(now - Number(sent));
  }
  return late;
}

function clear(): void {
  every.length = turns.length = 0;
  transcript.replaceChildren();
}

// Made by hand: a strict page takes no HTML from a script.
const form = document.createElement("form");
const input = document.createElement("input");
const button = document.createElement("button");
button.textContent = "Send";
form.append(input, button);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void send(input.value);
});
document.querySelector("#app")!.append(form, transcript);
globalThis.chat = { send, traced, arrivals, langfuse, kept, clear, shown: every, drops, turns };
