// Text for people: tables, times, counts. Pure.

/** Columns as wide as they need to be, two spaces apart; the last one is never padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  const lines = rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : padded(cell, widths[index] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** One line, without what a terminal would take for a command, cut to a length. */
export function oneLine(text: string, maxLength: number): string {
  // oxlint-disable-next-line no-control-regex -- what must not reach a terminal
  const plain = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return plain.length > maxLength ? `${plain.slice(0, maxLength - 1).toWellFormed()}…` : plain;
}

/**
 * Text without what a terminal would take for a command: a record's text is a stranger's, and JSON leaves the controls
 * above ASCII as they are. Of JSON it is the same value.
 */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- what must not reach a terminal
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (control) => {
    return String.raw`\u` + control.charCodeAt(0).toString(16).padStart(4, "0");
  });
}

/** How long ago, roughly: `3 min`. */
export function age(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

export function count(n: number, word: string): string {
  return `${n.toLocaleString("en-US")} ${word}${n === 1 ? "" : "s"}`;
}

/** Counts by name, largest first: `refused 3, too_large 1`; a dash where there are none. */
export function counts(byName: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(byName).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, n]) => `${name} ${n.toLocaleString("en-US")}`).join(", ") || "–";
}

function padded(cell: string, width: number): string {
  return cell + " ".repeat(width - cell.length);
}
