// `tracedFetch` beside the browser's own `fetch`: for whatever a page does with it, the same value or the
// same error. Each case runs in the page, once by each of them.
import type { ServerResponse } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { browserName } from "./support/browsers.ts";
import { openPage } from "./support/watched-page.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
let page: Page;
let trouble: string[];
beforeAll(async () => {
  world = await startWorld();
  const setup = encodeURIComponent(JSON.stringify({ client: { sessionId: "same" } }));
  const context = await world.browser.newContext();
  ({ page, trouble } = await openPage(context, `${world.site.url}/chat?${setup}`));
});
afterAll(() => world.close());

type Send = (init?: RequestInit, url?: string) => Promise<Response>;
/** Runs in the page: of this file it sees nothing. */
type Use = (send: Send) => unknown;
type Reply = (outgoing: ServerResponse) => void | Promise<void>;

const PIECES = [
  "data: Wie ",
  Buffer.from([0xc3]),
  Buffer.from([0xbc]),
  "r\n\n",
  "data: [DONE]\n\n",
];

const ANSWERS = {
  text: (outgoing) => void outgoing.writeHead(200, { "content-type": "text/plain" }).end("Hällo"),
  json: (outgoing) =>
    void outgoing.writeHead(200, { "content-type": "application/json" }).end('{"text":"Hello"}'),
  "no json": (outgoing) =>
    void outgoing.writeHead(200, { "content-type": "application/json" }).end("<html>"),
  form: (outgoing) =>
    void outgoing
      .writeHead(200, { "content-type": "application/x-www-form-urlencoded" })
      .end("a=1&b=2"),
  stream: async (outgoing) => {
    outgoing.writeHead(200, { "content-type": "text/event-stream", "x-one": "1" });
    for (const piece of PIECES) {
      outgoing.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    outgoing.end();
  },
  /** Never ends. */
  open: (outgoing) => {
    outgoing.writeHead(200, { "content-type": "text/event-stream" });
    outgoing.write("data: so far\n\n");
  },
  broken: (outgoing) => {
    outgoing.writeHead(200, { "content-type": "text/plain", "content-length": "100" });
    outgoing.write("so far", () => outgoing.destroy());
  },
  silent: () => {},
  empty: (outgoing) => void outgoing.writeHead(200).end(),
  "204": (outgoing) => void outgoing.writeHead(204).end(),
  "205": (outgoing) => void outgoing.writeHead(205).end(),
  "304": (outgoing) => void outgoing.writeHead(304).end(),
  "429": (outgoing) =>
    void outgoing
      .writeHead(429, { "content-type": "application/json", "retry-after": "3" })
      .end('{"error":{"message":"Slow down"}}'),
  redirect: (outgoing) => void outgoing.writeHead(303, { location: "/identity" }).end(),
  loop: (outgoing) => void outgoing.writeHead(307, { location: "/api/chat" }).end(),
} satisfies Record<string, Reply>;

const CASES: [name: string, answer: keyof typeof ANSWERS, use: Use][] = [];
const same = (name: string, answer: keyof typeof ANSWERS, use: Use): void =>
  void CASES.push([name, answer, use]);

const read = {
  text: async (send: Send) => (await send()).text(),
  json: async (send: Send) => (await send()).json(),
  blob: async (send: Send) => {
    const blob = await (await send()).blob();
    return [blob.size, blob.type, await blob.text()];
  },
  arrayBuffer: async (send: Send) => [...new Uint8Array(await (await send()).arrayBuffer())],
  bytes: async (send: Send) => [...(await (await send()).bytes())],
  formData: async (send: Send) => [...(await (await send()).formData())],
  "a reader": async (send: Send) => {
    const reader = (await send()).body!.getReader();
    const all: number[] = [];
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return [all, value, await reader.closed.then(() => "closed")];
      all.push(...value);
    }
  },
  "a BYOB reader": async (send: Send) => {
    const reader = (await send()).body!.getReader({ mode: "byob" });
    const all: number[] = [];
    for (;;) {
      const { value, done } = await reader.read(new Uint8Array(3));
      if (value) all.push(...value);
      if (done) return [all, (value as Uint8Array | undefined)?.byteLength];
    }
  },
  "for await": async (send: Send) => {
    const all: number[] = [];
    for await (const chunk of (await send()).body!) all.push(...(chunk as Uint8Array));
    return all;
  },
  "a pipe": async (send: Send) => {
    const reader = (await send()).body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return text;
      text += value;
    }
  },
  tee: async (send: Send) => {
    const [one, other] = (await send()).body!.tee();
    return [await new Response(one).text(), await new Response(other).text()];
  },
  "a response made of it": async (send: Send) => {
    const response = await send();
    const made = new Response(response.body, response);
    return [made.status, made.headers.get("x-one"), await made.text(), response.bodyUsed];
  },
};
for (const answer of [
  "text",
  "json",
  "no json",
  "form",
  "stream",
  "broken",
  "empty",
  "204",
  "205",
  "304",
  "429",
  "redirect",
  "loop",
] as const) {
  for (const [by, use] of Object.entries(read)) same(`read by ${by}`, answer, use);
}

same("what it says of itself", "stream", async (send) => {
  const response = await send();
  const { status, statusText, ok, url, type, redirected, bodyUsed } = response;
  const { constructor, body } = response;
  return {
    status,
    statusText,
    ok,
    url,
    type,
    redirected,
    bodyUsed,
    headers: [...response.headers].filter(([name]) => name !== "date"),
    kinds: [constructor === Response, Object.prototype.toString.call(response)],
    stream: [body instanceof ReadableStream, body?.locked, body === response.body],
    keys: Object.keys(response),
    named: Object.getOwnPropertyNames(Object.assign({}, response)),
  };
});
for (const answer of ["204", "205", "304", "429", "redirect", "empty"] as const) {
  same("what it says of itself", answer, async (send) => {
    const { status, url, type, redirected, body, bodyUsed } = await send();
    return { status, url, type, redirected, hasBody: !!body, bodyUsed };
  });
}
same("bodyUsed before, while and after", "stream", async (send) => {
  const response = await send();
  const before = [response.bodyUsed, response.body?.locked];
  const reading = response.text();
  const during = [response.bodyUsed, response.body?.locked];
  await reading;
  return [before, during, response.bodyUsed, response.body?.locked];
});
same("bodyUsed by a reader", "stream", async (send) => {
  const response = await send();
  const reader = response.body!.getReader();
  const locked = [response.bodyUsed, response.body?.locked];
  await reader.read();
  return [locked, response.bodyUsed, response.body?.locked];
});
same("read twice", "text", async (send) => {
  const response = await send();
  await response.text();
  return response.json();
});
same("read while a reader has it", "stream", async (send) => {
  const response = await send();
  response.body!.getReader();
  return response.text();
});
same("cloned while a reader has it", "stream", async (send) => {
  const response = await send();
  response.body!.getReader();
  return response.clone().text();
});
same("read after a reader let it go unread", "stream", async (send) => {
  const response = await send();
  response.body!.getReader().releaseLock();
  return response.text();
});
same("cloned after it was read", "text", async (send) => {
  const response = await send();
  await response.text();
  return response.clone().status;
});
same("a clone and the original, by text", "stream", async (send) => {
  const response = await send();
  const copy = response.clone();
  return [await copy.text(), copy.bodyUsed, response.bodyUsed, await response.text(), copy.url];
});
same("a clone of a clone, by readers", "stream", async (send) => {
  const response = await send();
  const copies = [response, response.clone(), response.clone().clone()];
  const texts = copies.map(async (copy) => {
    const reader = copy.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    return text;
  });
  return Promise.all(texts);
});
same("the stream that it had before it was cloned", "stream", async (send) => {
  const response = await send();
  const before = response.body!;
  response.clone();
  return [before.locked, response.body === before, response.body?.locked, response.bodyUsed];
});
same("cancelled", "open", async (send) => {
  const response = await send();
  const reader = response.body!.getReader();
  await reader.read();
  return [await reader.cancel("enough"), await reader.read(), response.bodyUsed];
});
same("cancelled unread, then read", "open", async (send) => {
  const response = await send();
  await response.body!.cancel();
  return [response.bodyUsed, await response.text()];
});
same("left by break", "open", async (send) => {
  const response = await send();
  for await (const _ of response.body!) break;
  return [response.bodyUsed, response.body?.locked];
});

for (const [how, reason] of [
  ["without a reason", undefined],
  ["for a reason of the app's own", "a text"],
] as const) {
  const abort = `controller.abort(${reason === undefined ? "" : JSON.stringify(reason)})`;
  const inPage = (body: string): Use =>
    // oxlint-disable-next-line typescript/no-implied-eval -- a case whose code has a value of the table
    new Function("send", `return (async () => {${body.replaceAll("ABORT", abort)}})()`) as Use;
  const begin = "const controller = new AbortController(); const { signal } = controller;";
  same(
    `aborted before it is sent ${how}`,
    "text",
    inPage(`${begin} ABORT; return send({ signal });`),
  );
  same(
    `aborted before the headers ${how}`,
    "silent",
    inPage(`${begin} const sent = send({ signal }); setTimeout(() => ABORT, 30); return sent;`),
  );
  for (const way of ["text", "json", "blob", "arrayBuffer", "formData"]) {
    same(
      `aborted while ${way} reads ${how}`,
      "open",
      inPage(`${begin} const response = await send({ signal });
        setTimeout(() => ABORT, 30); return response.${way}();`),
    );
  }
  same(
    `aborted while a reader reads ${how}`,
    "open",
    inPage(`${begin} const response = await send({ signal }); const reader = response.body.getReader();
      await reader.read(); setTimeout(() => ABORT, 30);
      const first = await reader.read().catch((error) => [error.name, String(error)]);
      return [first, await reader.read().catch((error) => [error.name, String(error)]),
        await reader.closed.catch((error) => [error.name, String(error)]), response.bodyUsed];`),
  );
  same(
    `aborted while nothing is read ${how}`,
    "open",
    inPage(`${begin} const response = await send({ signal }); const reader = response.body.getReader();
      await reader.read(); ABORT; return reader.closed;`),
  );
  same(
    `aborted unread, then read ${how}`,
    "open",
    inPage(`${begin} const response = await send({ signal }); ABORT; return response.text();`),
  );
  same(
    `aborted before a clone ${how}`,
    "open",
    inPage(
      `${begin} const response = await send({ signal }); ABORT; return response.clone().text();`,
    ),
  );
}
same("a timeout", "silent", (send) => send({ signal: AbortSignal.timeout(30) }));
same("a timeout while it is read", "open", async (send) =>
  (await send({ signal: AbortSignal.timeout(100) })).text(),
);
same("a method that has no body", "text", async (send) => {
  const response = await send({ method: "HEAD", body: null });
  return [response.status, response.body, await response.text()];
});
same("a redirect that is not followed", "redirect", async (send) => {
  const { type, status, url, ok, body } = await send({ redirect: "manual" });
  return [type, status, url, ok, body];
});
same("a redirect that is an error", "redirect", (send) => send({ redirect: "error" }));
same("no url", "text", (send) => send({}, "http://:0"));
same("another scheme", "text", (send) => send({}, "nowhere:x"));
same("a body that GET cannot have", "text", (send) => send({ method: "GET" }));
same("a header that is none", "text", (send) => send({ headers: { "a b": "c" } }));
same("nobody there", "text", (send) => send({}, "http://127.0.0.1:1/"));
same("put into a cache", "text", async (send) => {
  const cache = await caches.open("same");
  const response = await send();
  // A cache takes answers to GET only.
  await cache.put("/same", response);
  return [response.bodyUsed, await (await cache.match("/same"))?.text()];
});

/** Chromium says this or not as it happens, also of the same answer. */
const BY_CHANCE = "Failed to execute 'json' on 'Response': ";

const outcome = (by: "fetch" | "chat.traced", use: Use): Promise<unknown> =>
  page.evaluate(`(async () => {
    const send = (init, url = "/api/chat") => (${by})(url, { method: "POST", body: "{}", ...init });
    const shown = (value) => JSON.parse(JSON.stringify(value ?? "undefined", (_, v) => v instanceof File ? v.name : v));
    try {
      return { value: shown(await (${String(use)})(send)) };
    } catch (error) {
      const words = String(error).replace(${JSON.stringify(BY_CHANCE)}, "");
      return { error: [Object.prototype.toString.call(error), error?.name, words] };
    }
  })()`);

/**
 * Where Firefox leaves its own way for its own streams alone: of a response that another one was made of it says that
 * its body is unused, and gives other words for its end; it keeps a stream that was cloned as if it were another.
 */
const FIREFOX_ALONE =
  /^(read by a response made of it|the stream that it had before it was cloned)$/;

describe.each(CASES)("%s, answer: %s", (name, answer, use) => {
  const isAlone = browserName() === "firefox" && FIREFOX_ALONE.test(name);
  it.skipIf(isAlone)("is the same", async () => {
    const reply: Reply = ANSWERS[answer];
    const answers: ServerResponse[] = [];
    world.backend.answer(async (_body, outgoing) => {
      answers.push(outgoing);
      await reply(outgoing);
    });
    // Firefox keeps the connection of a cancelled answer, plain `fetch`'s too, and has six for all cases.
    onTestFinished(() => answers.forEach((one) => void one.end()));
    const plain = await outcome("fetch", use);
    expect(await outcome("chat.traced", use)).toEqual(plain);
  });
});

it("and the page had no trouble with it", () => {
  expect(trouble.filter((line) => !line.startsWith("Fetch API cannot load"))).toEqual([]);
});
