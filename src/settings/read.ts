// Readers of raw settings. An absent one is undefined or the default; a wrong one is named in
// `problems` and never quoted, since it may be a secret.

export type RawEnv = Readonly<Record<string, unknown>>;

/** A number or a flag of TOML's counts as its text; a table as JSON, which no setting of text is. */
export function textOf(env: RawEnv, name: string): string | undefined {
  const value = env[name];
  if (value === undefined || value === null) return undefined;
  const text = (typeof value === "string" ? value : JSON.stringify(value))?.trim();
  return text === undefined || text === "" ? undefined : text;
}

/** Items between commas, or of a list of TOML's, each once. */
export function listOf(env: RawEnv, name: string): string[] {
  const given = env[name];
  const values: unknown[] = Array.isArray(given) ? given : [given];
  const texts = values.map((value) => textOf({ value }, "value"));
  const items = texts.flatMap((text = "") => text.split(",")).map((item) => item.trim());
  return [...new Set(items.filter((item) => item !== ""))];
}

export function flagOf(env: RawEnv, name: string, problems: string[]): boolean {
  const raw = textOf(env, name)?.toLowerCase();
  if (raw !== undefined && raw !== "true" && raw !== "false") {
    problems.push(`${name}: must be true or false; using false`);
  }
  return raw === "true";
}

export function numberOf(
  env: RawEnv,
  name: string,
  fallback: number,
  bounds: { min: number; max: number },
  problems: string[],
): number {
  const raw = textOf(env, name);
  if (raw === undefined) return fallback;
  const value = Number(raw);
  if (Number.isFinite(value) && value >= bounds.min && value <= bounds.max) return value;
  problems.push(`${name}: must be a number from ${bounds.min} to ${bounds.max}; using ${fallback}`);
  return fallback;
}

export function jsonOf(env: RawEnv, name: string, problems: string[]): Record<string, unknown> {
  const given = env[name];
  if (given === undefined || given === "") return {};
  try {
    const value: unknown = typeof given === "string" ? JSON.parse(given) : given;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Reported below: the parser's own words would quote the secret.
  }
  problems.push(`${name}: must be a JSON object`);
  return {};
}
