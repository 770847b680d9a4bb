// The readers come as a chunk of their own, asked for at the click: a page that is only opened does not load
// them, and neither the request nor the answer waits for them.
import type * as Reading from "./reading.ts";

export type Readers = typeof Reading;

/** After this a turn goes on without its words. */
const LOAD_MS = 1e4;

let loading: Promise<Readers> | undefined;

/** The readers, once they are there. */
export const loaded: { reading?: Readers } = {};

/** Rejects where they do not come; the next turn asks again. */
export function loadReading(): Promise<Readers> {
  return (loading ??= new Promise<Readers>((resolve, reject) => {
    const fail = (error?: Error): void => {
      loading = undefined;
      reject(error);
    };
    const timer = setTimeout(fail, LOAD_MS);
    import("./reading.ts")
      .then((reading) => {
        loaded.reading = reading;
        resolve(reading);
      }, fail)
      .finally(() => clearTimeout(timer));
  }));
}
