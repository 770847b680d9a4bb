// The readers come as a chunk of their own, asked for at the click: a page that is only opened does not load
// them, and neither the request nor the answer waits for them.
export type Reading = typeof import("./reading.ts");

/** After this a turn goes on without its words. */
const LOAD_MS = 1e4;

let loading: Promise<Reading> | undefined;

/** The readers, once they are there. */
export const loaded: { reading?: Reading } = {};

/** Rejects where they do not come; the next turn asks again. */
export function loadReading(): Promise<Reading> {
  return (loading ??= new Promise<Reading>((resolve, reject) => {
    const fail = (error?: unknown): void => {
      loading = undefined;
      reject(error as Error);
    };
    const timer = setTimeout(fail, LOAD_MS);
    import("./reading.ts").then((reading) => {
      loaded.reading = reading;
      resolve(reading);
    }, fail).finally(() => clearTimeout(timer));
  }));
}
