import { expect, test, vi } from "vitest";
import { askedBy, requestInput } from "../../../../src/client/reading/request-input.ts";
import { eachOnAPage, find, pass, question, readAll, traced } from "./chat-under-test.ts";
import { PATIENTLY } from "../../../support/until.ts";

eachOnAPage();

const asked = { model: "gpt-5", messages: [{ role: "system", content: "x" }, { content: "Why?" }] };
const json = JSON.stringify(asked);
const bytes = Uint8Array.from(new TextEncoder().encode(json));
const form = new FormData();
form.append("model", "gpt-5");
form.append("messages", JSON.stringify(asked.messages));
const fields = new URLSearchParams({ model: "gpt-5", message: "Why?" });

const BODIES: Record<string, () => NonNullable<RequestInit["body"]>> = {
  text: () => json,
  bytes: () => bytes,
  "bytes of a larger buffer": () => {
    const all = new Uint8Array(bytes.length + 20);
    all.set(bytes, 7);
    return all.subarray(7, 7 + bytes.length);
  },
  "a buffer": () => bytes.buffer,
  "a view": () => new DataView(bytes.buffer),
  "a blob": () => new Blob([json], { type: "application/json" }),
  "a form": () => form,
  parameters: () => fields,
};

/** Reading a body takes the platform its time, which no test moves. */
const told = (edge: { actions(): { action: string }[] }): Promise<void> =>
  vi.waitFor(async () => {
    await pass();
    expect(edge.actions().map(({ action }) => action)).toContain("end_trace");
  }, PATIENTLY);

test.each(Object.keys(BODIES))("a body of %s is read, and sent as it is", async (kind) => {
  const body = BODIES[kind]?.();
  const { edge, fetch, behind } = traced([]);
  await readAll(await fetch("/api/chat", { method: "POST", body: body ?? null }));
  await told(edge);
  expect(behind.asked[0]?.init?.body).toBe(body);
  expect(find(edge.actions(), "update_trace")).toMatchObject({ input: "Why?" });
  const generation = {
    ...find(edge.actions(), "update_generation"),
    ...find(edge.actions(), "create_generation"),
  };
  expect(generation).toMatchObject({ input: "Why?", model: "gpt-5" });
});

test.each(Object.keys(BODIES))("a Request with %s is read, and sent itself", async (kind) => {
  const request = new Request("https://app.example/api/chat", {
    method: "POST",
    body: BODIES[kind]?.() ?? null,
    headers: { "x-own": "1" },
  });
  let sent: Request | undefined;
  const { edge, fetch } = traced([], {
    fetch: async (input, init) => {
      sent = new Request(input, init);
      return new Response(await sent.text());
    },
  });
  const answer = await (await fetch(request)).text();
  await told(edge);
  expect(answer).toContain("Why");
  expect(sent?.headers.get("x-own")).toBe("1");
  expect(sent?.headers.has("traceparent")).toBe(true);
  expect(find(edge.actions(), "update_trace")).toMatchObject({ input: "Why?" });
});

test("a stream is the request's alone", async () => {
  const body = new Blob([json]).stream();
  const { edge, fetch, behind } = traced([]);
  await readAll(await fetch("/api/chat", { method: "POST", body, duplex: "half" } as RequestInit));
  await pass();
  expect(behind.asked[0]?.init?.body).toBe(body);
  expect(body.locked).toBe(false);
  expect(find(edge.actions(), "update_trace")).not.toHaveProperty("input");
});

test("a Request that was used already is the transport's own trouble", async () => {
  const request = new Request("https://app.example/", { method: "POST", body: json });
  await request.text();
  const { fetch } = traced([], {
    fetch: async (input) => new Response(await (input as Request).text()),
  });
  await expect(fetch(request)).rejects.toThrow(TypeError);
});

test("a body that is not read by the time of the answer is told when it is", async () => {
  let give = (): void => {};
  const body = new Response(
    new ReadableStream({
      start: (controller) => {
        give = () => {
          controller.enqueue(bytes);
          controller.close();
        };
      },
    }),
  );
  const slow = Object.assign(new Request("https://app.example/", question), {
    clone: () => body,
  });
  const { edge, fetch } = traced([new Uint8Array([65])]);
  const response = await fetch(slow);
  await pass();
  give();
  await readAll(response);
  await told(edge);
  expect(find(edge.actions(), "create_generation")).not.toHaveProperty("input");
  expect(find(edge.actions(), "update_generation")).toMatchObject({
    input: "Why?",
    model: "gpt-5",
  });
});

test("a file in a body is its type and size", async () => {
  const picture = "data:image/png;base64," + "A".repeat(1_400_000);
  const told = '{"type":"image/png","bytes":1050000}';
  const content = [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url: picture } },
    { type: "image", source: { type: "base64", media_type: "image/png", data: picture.slice(22) } },
    { inlineData: { mimeType: "image/png", data: picture.slice(22) } },
  ];
  expect(askedBy(JSON.stringify({ messages: [{ role: "user", content }] })).input).toEqual([
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url: told } },
    { type: "image", source: { type: "base64", media_type: "image/png", data: told } },
    { inlineData: { mimeType: "image/png", data: told } },
  ]);
});

test("text is text, however long, and so is a small picture", () => {
  const small = `data:image/png;base64,${"A".repeat(900)}`;
  const messages = [{ role: "user", content: [{ text: "x".repeat(50_000) }, { url: small }] }];
  expect(askedBy(JSON.stringify({ messages })).input).toEqual(messages[0]?.content);
});

test.each<[unknown, object]>([
  ["no JSON", { input: "no JSON" }],
  ['"a text"', { input: '"a text"' }],
  ["null", { input: "null" }],
  [undefined, {}],
  [{ contents: [{ parts: [{ text: "Why?" }] }] }, { input: [{ text: "Why?" }] }],
  [{ messages: [], model: 7 }, { input: { messages: [], model: 7 } }],
  [{ question: "Why?" }, { input: "Why?" }],
  [
    { id: "c1", messages: [{ content: "Why?" }], trigger: "submit-message", messageId: "m1" },
    {
      input: "Why?",
      metadata: { chatId: "c1", trigger: "submit-message", requestMessageId: "m1" },
    },
  ],
])("%j asks %j", (body, expected) => {
  expect(askedBy(body)).toEqual(expected);
});

test("what a form has several times is a list, and a file its type and size", async () => {
  const upload = new FormData();
  upload.append("tag", "a");
  upload.append("tag", "b");
  upload.append("file", new File([new Uint8Array(70_000)], "cat.png", { type: "image/png" }));
  expect(await requestInput(new Response(upload))).toEqual({
    input: { tag: ["a", "b"], file: '{"type":"image/png","bytes":70000}' },
  });
});

test("a body too large to be looked into is its type and size", async () => {
  const large = new Uint8Array(5_000_001);
  expect(await requestInput(new Response(large))).toEqual({ input: '{"type":"","bytes":5000001}' });
  expect(await requestInput(new Response(new Blob([large], { type: "audio/wav" })))).toEqual({
    input: '{"type":"audio/wav","bytes":5000001}',
  });
});
