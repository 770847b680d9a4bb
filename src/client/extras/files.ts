// Files in what is handed over: base64 would be endless text in Langfuse, and a trace's largest part. So of a
// file its type and its size are kept, in its place.

/** A data URL wherever it stands, or a text that is base64 alone; what is shorter is kept. */
const FILE = /(?:data:([\w.+/-]*)(?:;[^;:,\s]+)*;base64,|^(?=[\w+/-]+=*$))([\w+/-]{1000,})=*/g;

/** Its type, where it stands beside a file's data: `media_type`, `mimeType` and the like, or `format`. */
export function typeBeside(holder: unknown): string | undefined {
  const fields = holder as Record<string, string>;
  for (const name in fields) if (/^(m.*type|format)$/i.test(name)) return fields[name];
  return undefined;
}

/** The text in place of a file: `{"type":"image/png","bytes":1050000}`; an unknown type is left out. */
export const placeholder = (type: string | undefined, bytes: number): string =>
  JSON.stringify({ type, bytes });

/**
 * The text without the files in it: data URLs, and base64 that has its type beside it, or capitals and digits as no
 * word has them. `holder`: the object that the text is a field of.
 */
export const withoutFiles = (text: string, holder?: unknown): string =>
  text.replace(FILE, (file, told: string | undefined, data: string) => {
    const type = told ?? typeBeside(holder);
    const bytes = (data.length * 3) >> 2;
    // Quotes would break a text that is JSON itself.
    if (file !== text) return `[${type}, ${bytes} bytes]`;
    return type || /\d[A-Z]/.test(data) ? placeholder(type, bytes) : file;
  });
