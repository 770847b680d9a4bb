// Whether the edge serves another build of this page than the one that is open: asked now and then while somebody
// looks, and when a view has found that something changed.
import { DASHBOARD_PATH } from "../../protocol/live/read-access.ts";
import { buildIn } from "../build-mark.ts";

const LOOK_INTERVAL_MS = 5 * 60_000;
const TIMEOUT_MS = 20_000;

/** `found` is called once. Returns what looks at once. */
export function versionWatch(found: () => void): () => void {
  const own = document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content ?? "";
  let isFound = own === "";
  const look = async (): Promise<void> => {
    if (isFound || document.hidden) return;
    const served = await servedBuild();
    // Another look may have found it meanwhile.
    if (isFound || served === undefined || served === own) return;
    isFound = true;
    found();
  };
  setInterval(() => void look(), LOOK_INTERVAL_MS);
  document.addEventListener("visibilitychange", () => void look());
  return () => void look();
}

/** Undefined where there is no answer: views say what is wrong. */
async function servedBuild(): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(DASHBOARD_PATH, { cache: "no-cache", redirect: "error", signal });
    return answer.ok ? buildIn(await answer.text()) : undefined;
  } catch {
    return undefined;
  }
}
