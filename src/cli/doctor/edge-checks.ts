// Checks of the edge itself: does it answer, which version is it, does it know the keys and its settings. Pure.
import { EDGE_VERSION } from "../../protocol/version.ts";
import { type Checks, NEEDS_KEYS, ok, unknown, warning, withoutKeys, wrong } from "./finding.ts";
import { codeOf, listOf } from "./probe.ts";

/** A token's signer may be off by so much. */
const MAX_SKEW_MS = 30_000;

export const EDGE_CHECKS: Checks = {
  address: ({ open, origin }) => {
    if (open.status === 0) {
      return wrong(
        `${origin} does not answer: ${open.error ?? "no answer"}`,
        "is the URL right, is the Worker deployed, does a firewall stand between?",
      );
    }
    if (open.status >= 300 && open.status < 400) {
      return wrong(
        `${origin} sends everybody to ${hostOf(open.headers.get("location"))}`,
        "a login stands in front of it: let /api/langfuse/* through, or ask from behind it",
      );
    }
    if (typeof open.body?.["status"] !== "string" || !("langfuse_configured" in open.body)) {
      return wrong(
        `${origin} answers HTTP ${open.status}, and not as an edge does`,
        "give the edge's own address, or route /api/langfuse/* of this one to the Worker",
      );
    }
    const isLocal = /^http:\/\/(localhost|127\.|\[::1\])/.test(origin);
    if (origin.startsWith("http:") && !isLocal) {
      return warning(
        "answers without TLS",
        "serve it by https: tokens go over the wire as they are",
      );
    }
    return ok("answers as an edge does");
  },

  version: ({ keyed, hasKeys }) => {
    if (!hasKeys) return undefined;
    const version = keyed?.body?.["version"];
    if (typeof version !== "string") return undefined;
    if (version === EDGE_VERSION) return ok(version);
    const words = `the edge is ${version}, this command ${EDGE_VERSION}`;
    return warning(
      words,
      "deploy the newer one (docs/deploy.md#upgrade), or use npx langfuse-edge@latest",
    );
  },

  clock: ({ skewMs, keyed }) => {
    if (skewMs === undefined) {
      if (keyed?.status !== 200) return withoutKeys;
      return unknown("the edge does not say its time", "upgrade the edge");
    }
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    if (Math.abs(skewMs) <= MAX_SKEW_MS) return ok("this machine's is right");
    const words = `this machine is ${seconds} s ${skewMs > 0 ? "behind" : "ahead of"} the edge`;
    return wrong(words, "set it (NTP): tokens that are signed here would be refused");
  },

  keys: ({ keyed, hasKeys }) => {
    if (!hasKeys || keyed === undefined) return unknown("none are set here", NEEDS_KEYS);
    if (keyed.status === 200 && "version" in (keyed.body ?? {})) return ok("the edge knows them");
    if (keyed.status === 401 || keyed.status === 403) {
      return wrong(
        `the edge refuses them (${codeOf(keyed) ?? keyed.status})`,
        "set the same LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY here and at the edge (npx wrangler secret put …, or the settings of serve)",
      );
    }
    return wrong(
      `the edge answers HTTP ${keyed.status} to them`,
      "its log says more: npx wrangler tail, or what serve prints",
    );
  },

  settings: ({ open, keyed }) => {
    const problems = listOf(keyed, "problems");
    if (problems.length > 0) {
      return wrong(
        problems.join("; "),
        "mend the settings that are named (docs/configuration.md), and deploy, or restart serve",
      );
    }
    switch (open.body?.["status"]) {
      case "unconfigured":
        return wrong(
          "the edge has no Langfuse project, and takes nothing",
          "npx wrangler secret put LANGFUSE_PUBLIC_KEY, and LANGFUSE_SECRET_KEY; or set both for serve",
        );
      case "masking_not_configured":
        return wrong("masking can't be used as it is set, and nothing is taken", NEEDS_KEYS);
      case "storage_not_configured":
        return wrong(
          "DO_JURISDICTION can't be used as it is set, and nothing is taken",
          NEEDS_KEYS,
        );
      default:
        if (keyed === undefined) return undefined;
        return keyed.status === 200 ? ok("all are understood") : withoutKeys;
    }
  },
};

function hostOf(location: string | null): string {
  return location !== null && URL.canParse(location) ? new URL(location).host : "another page";
}
