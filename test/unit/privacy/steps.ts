import type { Text } from "../../../src/privacy/text.ts";

/** A text that counts how much of it is read, a character searched over included. */
export function countingText(text: string): { text: Text; steps: () => number } {
  let steps = 0;
  return {
    steps: () => steps,
    text: {
      length: text.length,
      charCodeAt(index) {
        steps += 1;
        return text.charCodeAt(index);
      },
      indexOf(sign, from = 0) {
        const at = text.indexOf(sign, from);
        steps += Math.max((at === -1 ? text.length : at + sign.length) - from, 0);
        return at;
      },
    },
  };
}
