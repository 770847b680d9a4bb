// Files in what is asked: Langfuse stores a file only for who uploads it with the secret key, and shows
// base64 as endless text. So of a file its type and its size are kept, as text in its place.

/** Base64 from so many characters on is a file; what is shorter is kept. */
const LONG_BASE64 = /^(?:data:([^,;]*)[^,]*;base64,)?[\w+/-]{1000,}=*$/;

/** The names of a file's type beside its data, in the providers' formats. */
interface Beside {
  media_type?: string;
  mediaType?: string;
  mimeType?: string;
  mime_type?: string;
  format?: string;
}

/** The text in place of a file: `{"type":"image/png","bytes":1050000}`. */
export const placeholder = (type: string, bytes: number): string => JSON.stringify({ type, bytes });

/** The text itself, unless it is a file: base64 that says so, or has its type beside it. */
function withoutFile(value: string, besides: Beside): string {
  const { media_type, mediaType, mimeType, mime_type, format } = besides;
  const beside = media_type ?? mediaType ?? mimeType ?? mime_type ?? format;
  const [base64, type = beside] = LONG_BASE64.exec(value) ?? [];
  if (!base64 || !type) return value;
  const data = base64.slice(base64.indexOf(",") + 1).replace(/=+$/, "");
  return placeholder(type, (data.length * 3) >> 2);
}

/** Parses JSON; of files in it only type and size. Throws as `JSON.parse` does. */
export const parseWithoutFiles = (json: string): unknown =>
  JSON.parse(json, function (this: object, _key, value: unknown) {
    return typeof value === "string" ? withoutFile(value, this) : value;
  });
