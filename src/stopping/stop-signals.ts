// Signs that tell a command to stop, and to stop at once: signals, and the end of a package manager that it runs below.
// npx and npm stand a shell between them and the command: it dies of a signal and hands none on, and what nobody
// stops would hold the port and the folder.
import { lineage } from "./lineage.ts";
import { whenParentEnds } from "./when-parent-ends.ts";

export interface StopSignals {
  stop: AbortSignal;
  atOnce: AbortSignal;
  dispose: () => void;
}

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** A Ctrl-C reaches the command from the terminal, and once more from npm where its shell became the command. */
const SAME_SIGNAL_MS = 500;

export function stopSignals(
  env: Readonly<Record<string, string | undefined>> = process.env,
  parent: () => number | string = () => lineage(),
): StopSignals {
  const belowNpm = env["npm_lifecycle_event"] !== undefined;
  const [stop, atOnce] = [new AbortController(), new AbortController()];
  let toldAt = 0;
  const onSignal = (): void => {
    const now = performance.now();
    if (!stop.signal.aborted) {
      toldAt = now;
      stop.abort();
    } else if (!belowNpm || now - toldAt > SAME_SIGNAL_MS) atOnce.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const onEnd = (): void => {
    if (!stop.signal.aborted) stop.abort();
  };
  const unwatch = belowNpm ? whenParentEnds(onEnd, parent) : () => undefined;
  return {
    stop: stop.signal,
    atOnce: atOnce.signal,
    dispose: () => {
      unwatch();
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
