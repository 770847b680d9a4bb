// Texts of some members of a JSON object replaced in its own text: all beside them stays as it was written, numbers
// that JavaScript would round among it. Pure.

/** In text that is JSON: strings, punctuation, and numbers and words. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** The new text of a member, or of a string in its list; undefined where it stays. */
export type Replaced = (member: string, value: string, isInList: boolean) => string | undefined;

/** @param text of a JSON object */
export function replaceMembers(text: string, replaced: Replaced): string {
  let result = "";
  let done = 0;
  let depth = 0;
  /** The object's own member whose value comes, or came. */
  let member = "";
  let isName = false;
  let isInList = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") {
      depth += 1;
      if (depth === 1) isName = true;
      if (depth === 2) isInList = token === "[";
    } else if (token === "}" || token === "]") {
      depth -= 1;
    } else if (token === ",") {
      if (depth === 1) isName = true;
    } else if (token.startsWith('"') && (depth === 1 || (depth === 2 && isInList))) {
      const said = JSON.parse(token) as string;
      if (isName) {
        member = said;
        isName = false;
        continue;
      }
      const value = replaced(member, said, depth === 2);
      if (value === undefined) continue;
      result += text.slice(done, index) + JSON.stringify(value);
      done = index + token.length;
    }
  }
  return result + text.slice(done);
}
