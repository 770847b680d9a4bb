// What the dev command has to know of the arguments that it hands on to wrangler. Pure.

/** The values of an option that takes some: `--name a b`, `--name=a`, repeated. */
function valuesOf(args: readonly string[], name: string): string[] {
  const values: string[] = [];
  let taking = false;
  for (const arg of args) {
    if (arg.startsWith(`${name}=`)) values.push(arg.slice(name.length + 1));
    else if (arg.startsWith("-")) taking = arg === name;
    else if (taking) values.push(arg);
  }
  return values;
}

/** The port that is asked for; undefined where none is, or no certain one. */
export function askedPort(args: readonly string[]): number | undefined {
  return Number(valuesOf(args, "--port").at(-1)) || undefined;
}

/** `--var NAME:value` as names and values. */
export function askedVars(args: readonly string[]): Record<string, string> {
  const pairs = valuesOf(args, "--var").map((pair) => {
    const colon = pair.indexOf(":");
    return [pair.slice(0, colon), pair.slice(colon + 1)] as const;
  });
  return Object.fromEntries(pairs);
}
