// A backend's options, of the edge and of its project: given, or from the environment, where there is one.

export interface EdgeOptions {
  /** Where the edge is, such as `https://edge.example.com`; else `LANGFUSE_EDGE_URL`. */
  url?: string | undefined;
  /** Else `LANGFUSE_PUBLIC_KEY`. */
  publicKey?: string | undefined;
  /** Else `LANGFUSE_SECRET_KEY`. Never leaves this server but to the edge. */
  secretKey?: string | undefined;
  /** Default: the platform's. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Give up after so many ms. Default 10,000. */
  timeoutMs?: number | undefined;
}

/** @throws TypeError naming the option and the variable, never a value */
export function needed(given: string | undefined, option: string, variable: string): string {
  const value = given ?? environment()[variable];
  if (value === undefined || value.trim() === "") {
    throw new TypeError(`langfuse-edge: ${option} is needed, or ${variable} in the environment`);
  }
  return value.trim();
}

/** Node's, Bun's and Deno's; a Worker has one where its compatibility flags say so. */
function environment(): Readonly<Record<string, string | undefined>> {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env ?? {};
}
