// Masks one text. Each detector sees the text that those before it left, and a cut counts as neither
// the beginning nor the end of a value: so a masked text stays as it is when it is masked again.
import type { Edges, Scan, Span } from "./text.ts";

export interface Detector {
  /** Its name in notes. */
  name: string;
  placeholder: string;
  scan: (text: string, edges: Edges) => Span[];
}
export type MaskText = (text: string, count: (name: string) => void) => string;

type Piece = string | { placeholder: string };

/** `placeholders`: of all rules, without their brackets: an earlier masking may have left any. */
export function makeMaskText(
  detectors: readonly Detector[],
  placeholders: readonly string[],
): MaskText {
  const masked = new RegExp(String.raw`(\[(?:${placeholders.join("|")})\])`);
  return (text, count) => {
    let pieces: Piece[] = text.includes("[") ? split(text, masked) : [text];
    for (const detector of detectors) pieces = apply(detector, pieces, count);
    return pieces.length === 1 && pieces[0] === text
      ? text
      : pieces.map((piece) => (typeof piece === "string" ? piece : piece.placeholder)).join("");
  };
}

/** Texts and placeholders by turns: the parts at odd places are placeholders. */
function split(text: string, masked: RegExp): Piece[] {
  return text.split(masked).map((part, index) => (index % 2 === 0 ? part : { placeholder: part }));
}

function apply(detector: Detector, pieces: Piece[], count: (name: string) => void): Piece[] {
  let changed: Piece[] | undefined;
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = pieces[index] ?? "";
    if (typeof piece !== "string" || piece === "") {
      changed?.push(piece);
      continue;
    }
    const edges = { left: index > 0, right: index < pieces.length - 1 };
    const spans = detector.scan(piece, edges);
    if (spans.length > 0) changed ??= pieces.slice(0, index);
    if (changed !== undefined) cut(changed, piece, spans, detector, count);
  }
  return changed ?? pieces;
}

/** Adds the text's pieces, one by one: of a text of addresses there are more than a call takes arguments. */
function cut(
  pieces: Piece[],
  text: string,
  spans: readonly Span[],
  { name, placeholder }: Detector,
  count: (name: string) => void,
): void {
  let from = 0;
  for (const { start, end } of spans) {
    if (start >= from) {
      pieces.push(text.slice(from, start), { placeholder });
      count(name);
    }
    from = Math.max(from, end);
  }
  pieces.push(text.slice(from));
}

/** A built-in scanner that skips texts without any sign of what it finds. */
export function builtIn(scan: Scan, sign: RegExp): Detector["scan"] {
  return (text, edges) => (sign.test(text) ? scan(text, edges) : []);
}
