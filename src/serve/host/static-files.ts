// Files that are served beside the Worker, as Cloudflare's static assets are: the script tag, llms.txt. Each is
// read once; the names and headers come from the package.
export interface StaticFile {
  /** Response headers. */
  headers: Readonly<Record<string, string>>;
}

export interface StaticFiles {
  /** By path. */
  files: Readonly<Record<string, StaticFile>>;
  /** The file's bytes. */
  read: (path: string) => Promise<Response>;
}

interface Loaded {
  body: ArrayBuffer;
  headers: Record<string, string>;
  etag: string;
}

const ALLOW = "GET, HEAD";

export class StaticServer {
  readonly #loaded = new Map<string, Promise<Loaded>>();

  /** Undefined for a path that is no file's. */
  async answer(request: Request, given: StaticFiles): Promise<Response | undefined> {
    const { pathname } = new URL(request.url);
    const file = Object.hasOwn(given.files, pathname) ? given.files[pathname] : undefined;
    if (file === undefined) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response(null, { status: 405, headers: { allow: ALLOW } });
    }
    const { body, headers, etag } = await this.#load(pathname, file, given);
    if (matches(request.headers.get("if-none-match"), etag)) {
      return new Response(null, { status: 304, headers });
    }
    return new Response(request.method === "HEAD" ? null : body, { headers });
  }

  #load(path: string, file: StaticFile, given: StaticFiles): Promise<Loaded> {
    const known = this.#loaded.get(path);
    if (known !== undefined) return known;
    const loading = load(path, file, given);
    // Only what could be read is remembered.
    loading.then(
      () => this.#loaded.set(path, loading),
      () => undefined,
    );
    return loading;
  }
}

async function load(path: string, file: StaticFile, { read }: StaticFiles): Promise<Loaded> {
  const response = await read(path);
  if (!response.ok) throw new Error(`${path} can't be read: ${response.status}`);
  const body = await response.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const hex = Array.from(hash.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const etag = `"${hex}"`;
  return { body, etag, headers: { ...file.headers, etag } };
}

function matches(asked: string | null, etag: string): boolean {
  const tags = (asked ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.some((tag) => tag === etag || tag === "*");
}
