// The frames of a stack, without the words around them: what an error says may quote what a user wrote, and engines
// put that before its frames (V8), behind them (Python), or nowhere (others). Pure.

/** `file:line`, with a column or without. */
const PLACE = String.raw`[^\s():]*(?::[/\\][^\s():]*)?(?::\d+)?(?::\d+){1,2}`;
const FRAMES: readonly RegExp[] = [
  // V8: `at name (place)`, `at place`, `at async Promise.all (index 0)`.
  new RegExp(
    String.raw`^\s*at (?:(?:async |new )?[\w$.<>#[\]]+(?: \[as [\w$.]+\])? \((?:${PLACE}|<anonymous>|native|index \d+|eval at [\w$.<>]+ \([^\s()]*\), <anonymous>:\d+:\d+)\)|(?:async )?${PLACE})$`,
  ),
  // Firefox and Safari: `name@place`, `@place`.
  new RegExp(String.raw`^[\w$.<>/*[\]-]*@${PLACE}$`),
  // Python.
  /^\s*File "[^"]*", line \d+(?:, in [\w.<>]+)?$/,
  // Java, Kotlin, C#.
  /^\s*at [\w$.<>/`,[\]]+\((?:[\w$-]+\.\w+:\d+|Native Method|Unknown Source)\)$/,
  // Go: `	/app/main.go:12 +0x1d`.
  /^\t\S+\.go:\d+(?: \+0x[\da-f]+)?$/,
];
/** What an address carries may be anybody's words. */
const AFTER_PATH = /[?#][^\s:)"]*/g;

/** Undefined where none of its lines is a frame. */
export function framesIn(stack: string): string | undefined {
  const lines = stack.split("\n").map((line) => line.trimEnd().replaceAll(AFTER_PATH, ""));
  const frames = lines.filter((line) => FRAMES.some((frame) => frame.test(line)));
  return frames.length === 0 ? undefined : frames.join("\n");
}
