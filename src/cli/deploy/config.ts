// The deployment's wrangler.toml, out of the package's: its name, its queue's, and its settings. Pure.

/** @param template the package's `dist/worker/wrangler.toml` */
export function deployConfig(
  template: string,
  { name, vars }: { name: string; vars: Readonly<Record<string, string>> },
): string {
  const settings = Object.entries(vars).map(
    ([key, value]) => `${key} = ${JSON.stringify(value)}\n`,
  );
  return template
    .replace(/^name = .*$/m, () => `name = ${JSON.stringify(name)}`)
    .replaceAll(/^queue = .*$/gm, () => `queue = ${JSON.stringify(`${name}-claims`)}`)
    .replace(/^\[vars\]\n/m, (line) => `${line}${settings.join("")}`);
}

/** The address that wrangler says it has deployed to. */
export function addressIn(said: string): string | undefined {
  return /https:\/\/[\w.-]+\.workers\.dev/.exec(said)?.[0];
}

/** Lines for a page, as docs/browser-library.md has them. */
export function pageLines(url: string): string {
  return `<script src="${url}/langfuse-edge.js"></script>
<script type="module">
  const identify = async () => (await fetch("/langfuse-token")).json();
  const client = new LangfuseEdge.LangfuseProxy({ endpoint: "${url}/api/langfuse/trace", identify });
  const chatFetch = LangfuseEdge.tracedFetch({ client, assistantName: "Assistant" }); // in place of fetch
</script>
`;
}

/** Bindings of this version that a configuration of an earlier one lacks, by name. */
export function missingBindings(template: string, own: string): string[] {
  const named = (text: string): string[] =>
    Array.from(text.matchAll(/^(?:name|binding) = "([A-Z_]+)"/gm), ([, name = ""]) => name);
  const known = new Set(named(own));
  return named(template).filter((name) => !known.has(name));
}
