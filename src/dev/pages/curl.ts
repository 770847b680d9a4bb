// A request as a line to paste into a shell.

/** One word of a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function curlLine(url: string, body: unknown): string {
  const words = ["curl", "-sS", url, "-H", "content-type: application/json"];
  return [...words, "-d", JSON.stringify(body)].map(shellWord).join(" ");
}
