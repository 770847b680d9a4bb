// The frames of a stack, as far as they stay the same from build to build: function and file, without line and
// column, the file without its address and the hash of its content. Chromium's, Firefox's and Safari's. Pure.

/** `    at send (https://app.example/chat-B3kd82Xs.js:1:2)` */
const CHROMIUM = /^at (?:(.*?) \()?([^()]*)\)?$/;
/** `send@https://app.example/chat-B3kd82Xs.js:1:2`; an address has no spaces, so each place is looked at once. */
const OTHERS = /^((?:.*\s)?[^@\s]*)@(\S+)$/;
const POSITION = /(?::\d+){1,2}$/;
/** The hash that Vite and Rollup put before the ending: eight of base64url. */
const ROLLUP_HASH = /[-.][\w-]{8}(?=(?:\.[a-z]+)+$)/i;
/** What any other bundler puts into a name: a number, or a part of six characters or more with a digit in it. */
const HASH = /(^|[-.~_])(?:\d+|(?=[\da-z]*\d)[\da-z]{6,})(?=$|[-.~_])/gi;

/** A file's name as it stays: `https://app.example/assets/chat-B3kd82Xs.js?v=2` is `chat.js`. */
export function stableFile(address: string): string {
  const name =
    address
      .replace(/[?#].*$/, "")
      .split(/[/\\]/)
      .at(-1) ?? "";
  return name
    .replace(ROLLUP_HASH, "")
    .replaceAll(HASH, "")
    .replace(/^[-.~_]+/, "");
}

/** A function's own name; of two characters or less it is one that a minifier gave. */
export function stableFunction(name: string): string {
  const own =
    name
      .replace(/ \[as .*\]$/, "")
      // Firefox says how it was called: `async*send`, `setTimeout handler*send/<`.
      .replace(/^.*\*/, "")
      .replace(/[/<]+$/, "")
      .split(/[./ #]/)
      .at(-1) ?? "";
  return own.length > 2 && !/[<>]/.test(own) ? own : "?";
}

/** `send chat.js`, the innermost first; at most `most`. A frame that calls itself is one. */
export function stableFrames(stack: string, most: number): string[] {
  const lines = stack.split("\n", 100);
  // A message may look like one of the others' frames; in Chromium it stands above the first `at`.
  const frame = lines.some((line) => /^\s*at /.test(line)) ? CHROMIUM : OTHERS;
  const frames: string[] = [];
  for (const line of lines) {
    const [, name = "", address = ""] = frame.exec(line.trim()) ?? [];
    if (!address || /^(native|<anonymous>|\[native code\])/.test(address)) continue;
    const file = stableFile(address.replace(POSITION, ""));
    const one = `${stableFunction(name)} ${file}`;
    if (one !== frames.at(-1)) frames.push(one);
    if (frames.length >= most) break;
  }
  return frames;
}
