// A module that a page loads by itself where it needs it. Nothing that an app waits for waits for that. Browsers
// remember for a page's whole life that a module did not come: so it is not asked for without a network.
import { isOffline } from "./page.ts";

/** After this it counts as lost, though it may still come. */
const LOAD_MS = 1e4;

export interface Lazy<Module> {
  /** The module, once it is there. */
  ready?: Module;
  /** Rejects where it does not come, or is late; the next call asks again. */
  load(): Promise<Module>;
}

export function lazily<Module>(ask: () => Promise<Module>): Lazy<Module> {
  /** One for all that ask meanwhile, so that whoever asked first goes on first. */
  let loading: Promise<Module> | undefined;
  const load = async (): Promise<Module> => {
    let timer;
    const late = new Promise<never>((_, reject) => (timer = setTimeout(reject, LOAD_MS)));
    try {
      return (lazy.ready = await Promise.race([ask(), late]));
    } finally {
      clearTimeout(timer);
      loading = undefined;
    }
  };
  const lazy: Lazy<Module> = {
    load: async () => {
      if (isOffline()) throw new TypeError("offline");
      return (loading ??= load());
    },
  };
  return lazy;
}
