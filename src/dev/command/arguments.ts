// The arguments of the dev command, read before they are handed on to wrangler. Pure.

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

/** Where the first server of a clone runs, unless another port is asked for. */
export const USUAL_PORT = 8787;

/**
 * The option that tells wrangler where this server's data is: two servers with one folder would consume each other's
 * queue messages. The usual port has the usual folder, each other one its own, unless one is asked for.
 */
export function stateArguments(args: readonly string[], port: number): string[] {
  const asked = args.some((arg) => /^--persist(-t|T)o(=|$)/.test(arg));
  return asked || port === USUAL_PORT ? [] : ["--persist-to", `.wrangler/state-${port}`];
}

/** `--var NAME:value` as names and values. */
export function askedVars(args: readonly string[]): Record<string, string> {
  const pairs = valuesOf(args, "--var").map((pair) => {
    const colon = pair.indexOf(":");
    return [pair.slice(0, colon), pair.slice(colon + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

/** `--traffic`, `--traffic=<minutes>` and `--traffic-seed=<number>`: simulated users; undefined where none are asked for. */
export interface AskedTraffic {
  minutes: number;
  seed: number;
}

const USUAL_MINUTES = 60;
const MAX_MINUTES = 24 * 60;

/** The command's own options, and the arguments without them: wrangler knows none of them. */
export function askedTraffic(args: readonly string[]): {
  traffic: AskedTraffic | undefined;
  rest: string[];
} {
  const isOurs = (arg: string): boolean => /^--traffic(-seed)?(=|$)/.test(arg);
  const rest = args.filter((arg) => !isOurs(arg));
  const ours = args.filter(isOurs);
  if (ours.length === 0) return { traffic: undefined, rest };
  const numberOf = (name: string, usual: number): number => {
    const text = ours.findLast((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
    const value = Number(text);
    return text !== undefined && text !== "" && value > 0 ? value : usual;
  };
  const minutes = Math.min(numberOf("--traffic", USUAL_MINUTES), MAX_MINUTES);
  return { traffic: { minutes, seed: numberOf("--traffic-seed", 1) }, rest };
}
