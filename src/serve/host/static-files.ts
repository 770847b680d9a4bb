// Files that are served beside the Worker, as Cloudflare's static assets are: the script tag, the dashboard. Each is
// read once; the names and headers come from the package.
export interface StaticFile {
  /** Its name in the folder. */
  name: string;
  /** Response headers. */
  headers: Readonly<Record<string, string>>;
}

export interface StaticFiles {
  /** By path. */
  files: Readonly<Record<string, StaticFile>>;
  /** A file's bytes, by its name. */
  read: (name: string) => Promise<Response>;
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
    const { pathname, search } = new URL(request.url);
    const file = Object.hasOwn(given.files, pathname) ? given.files[pathname] : undefined;
    if (file === undefined) return redirected(pathname, search, given);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response(null, { status: 405, headers: { allow: ALLOW } });
    }
    const { body, headers, etag } = await this.#load(file, given);
    if (matches(request.headers.get("if-none-match"), etag)) {
      return new Response(null, { status: 304, headers });
    }
    return new Response(request.method === "HEAD" ? null : body, { headers });
  }

  #load(file: StaticFile, given: StaticFiles): Promise<Loaded> {
    const known = this.#loaded.get(file.name);
    if (known !== undefined) return known;
    const loading = load(file, given);
    // Only what could be read is remembered.
    loading.then(
      () => this.#loaded.set(file.name, loading),
      () => undefined,
    );
    return loading;
  }
}

/** A page has one address: `/dashboard/` and `/dashboard.html` lead to `/dashboard`. */
function redirected(path: string, search: string, { files }: StaticFiles): Response | undefined {
  const page = path.replace(/(?:\/|\.html)$/, "");
  const file = page !== path && Object.hasOwn(files, page) ? files[page] : undefined;
  if (file === undefined || !file.name.endsWith(".html")) return undefined;
  return new Response(null, { status: 307, headers: { location: `${page}${search}` } });
}

async function load(file: StaticFile, { read }: StaticFiles): Promise<Loaded> {
  const response = await read(file.name);
  if (!response.ok) throw new Error(`${file.name} can't be read: ${response.status}`);
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
