// The parts of sending that reading needs, too. They are handed over when both are there: were they imported, a
// bundler would cut a third piece out of what a page loads first, 700 bytes of it.
import type * as Extras from "../extras/extras.ts";

export let lent: typeof Extras;

export const cut: typeof Extras.cut = (text, most) => lent.cut(text, most);

export const lend = (extras: typeof Extras): void => {
  lent = extras;
};
