// A module that a page loads by itself where it needs it. Nothing that an app waits for waits for that.

/** After this it counts as lost, though it may still come. */
const LOAD_MS = 1e4;

export interface Lazy<Module> {
  /** The module, once it is there. */
  ready?: Module;
  /** Rejects where it does not come; the next call asks again. */
  load(): Promise<Module>;
}

export function lazily<Module>(ask: () => Promise<Module>): Lazy<Module> {
  const lazy: Lazy<Module> = {
    load: async () => {
      let timer;
      const late = new Promise<never>((_, reject) => (timer = setTimeout(reject, LOAD_MS)));
      lazy.ready = await Promise.race([ask(), late]);
      clearTimeout(timer);
      return lazy.ready;
    },
  };
  return lazy;
}
