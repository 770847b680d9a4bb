// The sink tells when something changed; only then is it asked what. No timer: an idle page asks nothing.

const AGAIN_MS = 2000;

/**
 * Calls `look` at the beginning and after each change while the page is seen; one at a time. `lost`
 * gets the words for a sink that does not answer, and undefined as soon as it does.
 */
export function onChanges(
  look: () => Promise<void>,
  lost: (problem: string | undefined) => void,
): void {
  let source: EventSource | undefined;
  let looking = false;
  let missed = false;

  const changed = async (): Promise<void> => {
    missed = looking;
    if (looking) return;
    looking = true;
    try {
      await look();
      lost(undefined);
    } catch (error) {
      lost(`The edge does not answer: ${String(error)}`);
    }
    looking = false;
    if (missed) await changed();
  };
  const listen = (): void => {
    source = new EventSource("/sink/changes");
    source.addEventListener("message", () => void changed());
    source.addEventListener("error", () => {
      lost("The edge does not answer. Does npm run dev still run?");
      if (source?.readyState === EventSource.CLOSED) setTimeout(turned, AGAIN_MS);
    });
  };
  /** A page that nobody sees listens to nothing. */
  const turned = (): void => {
    source?.close();
    source = undefined;
    if (!document.hidden) listen();
  };
  document.addEventListener("visibilitychange", turned);
  turned();
}
