// Event streams by their standard (https://html.spec.whatwg.org/multipage/server-sent-events.html),
// under wrong content types and none, and plain text that looks like one.
import { DONE, event, EVENTS, line, type Recording } from "./recording.ts";

const said = (content: string) => ({ model: "gpt-x", choices: [{ index: 0, delta: { content } }] });
const usage = {
  model: "gpt-x",
  choices: [],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};
const greeting = (
  name: string,
  chunks: string[],
  more: Partial<Recording> = { finished: true },
): Recording => ({
  name,
  contentType: EVENTS,
  chunks,
  text: "Grüße 👋",
  model: "gpt-x",
  usage: { input: 1, output: 2, total: 3 },
  begins: 0,
  ...more,
});
const HELLO = event(said("Grüße "));
const WAVE = event(said("👋"));
const ALL = [HELLO, WAVE, event(usage) + DONE];
const cr = (text: string): string => text.replaceAll("\n", "\r");
const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
const finished = true;
const text = (name: string, body: string, contentType = "text/plain"): Recording => ({
  name,
  contentType,
  chunks: [body],
  text: body,
  begins: 0,
});

export const FORMS: Recording[] = [
  greeting(
    "a byte order mark, comments, ids",
    [`\ufeff${HELLO}`, `: keep-alive\n\nid: 7\nretry: 100\n${WAVE}${event(usage)}`],
    {},
  ),
  greeting("lines that end in CR", ALL.map(cr)),
  greeting("lines that end in CR LF, cut between the two", [
    crlf(HELLO) + crlf(WAVE).slice(0, -3),
    `\n\r\n${crlf(ALL[2]!)}`,
  ]),
  greeting(
    "no space after the colon, no end",
    [(HELLO + WAVE + event(usage)).replaceAll("data: ", "data:").trimEnd()],
    {},
  ),
  greeting("data over several lines", [
    `data: ${JSON.stringify(said("Grüße "), null, 2).replaceAll("\n", "\ndata: ")}\n\n`,
    WAVE + event(usage) + DONE,
  ]),
  greeting("no content type", ALL, { contentType: undefined, finished }),
  greeting("as text/plain", ALL, { contentType: "text/plain; charset=utf-8", finished }),
  greeting("as application/json", ALL, { contentType: "application/json", finished }),
  greeting("as octets", ALL, { contentType: "application/octet-stream", finished }),
  greeting(
    "as text/plain, after a comment and an id",
    [`: hello\n\nid: 1\n${HELLO}`, ...ALL.slice(1)],
    {
      contentType: "text/plain",
      finished,
    },
  ),
  greeting("lines of JSON", [line(said("Grüße ")), line(said("👋")) + line(usage)], {
    contentType: "application/jsonl",
  }),
  greeting(
    "lines of JSON where events were expected",
    [line(said("Grüße ")), line(said("👋")) + line(usage)],
    {},
  ),
  greeting("one broken event", [HELLO, 'data: {"model":"x","choices":[{"in\n\n', ...ALL.slice(1)]),
  {
    name: "an event before its data, as text/plain",
    contentType: "text/plain",
    chunks: [
      'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"text_delta","text":"Ja"}}\n\n',
    ],
    text: "Ja",
    begins: 0,
  },
  {
    name: "bare text in events",
    contentType: EVENTS,
    chunks: ["data: Hello\n\n", "data:  world\n\n", "event: ping\ndata: now\n\n", DONE],
    text: "Hello world",
    finished,
    begins: 0,
  },
  {
    name: "JSON texts in events",
    contentType: EVENTS,
    chunks: ['data: "Hello"\n\n', 'data: " world"\n\n'],
    text: "Hello world",
    begins: 0,
  },
  {
    name: "a JSON text",
    contentType: "application/json",
    chunks: ['"Hello"'],
    text: "Hello",
    begins: 0,
  },
  text("plain text", "Ein Satz\nmit Umlaut: ä, und 😀."),
  text("plain text like a data stream", "1: one\n2: two"),
  text("plain text like a data stream's code", "a: the first"),
  text("plain text like an event", "data: the new oil\nand so on"),
  text("plain text like a comment", ":) hello\nthere"),
  text("plain text like a field", "id: 7 is free\n\nWho takes it?"),
  text("plain text that is JSON", '{"city": "Bern", "reason": "it is the capital"}'),
  text("plain text that begins like a link", "[Bern](https://example.com) it is"),
  text("plain text with space around it", "\n\n  Bern \n"),
  text("plain text as HTML", "<p>Bern</p>", "text/html"),
  text("text that says it is JSON", "Bern, of course", "application/json"),
  text("a letter", "e"),
  {
    name: "sound is no text",
    contentType: "audio/mpeg",
    chunks: ["ID3\u0004"],
    text: "",
    begins: 0,
  },
];
