// The end of the process above, which tells nobody below it: looked for, since no system has an event for it everywhere.

const LOOK_EVERY_MS = 500;

/**
 * Calls `ended` once, at most half a second after the parent has ended. The watch keeps no process alive, and the
 * function that it gives ends it. `began`: the parent's process id, where it may have ended already.
 */
export function whenParentEnds(
  ended: () => void,
  parent: () => number | string = () => process.ppid,
  began: number | string = parent(),
): () => void {
  const looks = setInterval(() => {
    if (parent() === began) return;
    clearInterval(looks);
    ended();
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(looks);
}
