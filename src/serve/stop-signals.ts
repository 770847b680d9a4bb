// What tells the command to stop, and to stop at once: signals, and the end of a package manager that it runs below.
// npx and npm stand a shell between them and the command: it dies of a signal and hands none on, and what nobody
// stops would hold the port and the folder.

export interface StopSignals {
  stop: AbortSignal;
  atOnce: AbortSignal;
  dispose: () => void;
}

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
const LOOK_EVERY_MS = 500;

export function stopSignals(
  env: Readonly<Record<string, string | undefined>> = process.env,
  parent: () => number = () => process.ppid,
): StopSignals {
  const [stop, atOnce] = [new AbortController(), new AbortController()];
  const onSignal = (): void => (stop.signal.aborted ? atOnce.abort() : stop.abort());
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const began = parent();
  const looks =
    env["npm_lifecycle_event"] === undefined
      ? undefined
      : setInterval(() => {
          if (parent() === began) return;
          clearInterval(looks);
          if (!stop.signal.aborted) stop.abort();
        }, LOOK_EVERY_MS).unref();
  return {
    stop: stop.signal,
    atOnce: atOnce.signal,
    dispose: () => {
      clearInterval(looks);
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
