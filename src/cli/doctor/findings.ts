// From what was seen of an edge to what is wrong with it, and how to mend it. Pure: one function a check, in the
// order in which they are to be mended, since what fails first explains what follows.
import { EDGE_VERSION } from "../../protocol/version.ts";
import { codeOf, type Probe } from "./probe.ts";
import type { Seen } from "./seen.ts";

export interface Finding {
  check: string;
  /** `unknown`: it could not be looked at, and why. */
  state: "ok" | "warning" | "wrong" | "unknown";
  says: string;
  mend?: string;
}

type Check = (seen: Seen) => Omit<Finding, "check"> | undefined;

/** A token's signer may be off by so much. */
const MAX_SKEW_MS = 30_000;

export function findings(seen: Seen): Finding[] {
  const all: Finding[] = [];
  for (const [check, look] of Object.entries(CHECKS)) {
    const found = look(seen);
    if (found !== undefined) all.push({ check, ...found });
    // What is no edge has nothing else to be looked at.
    if (check === "address" && found?.state === "wrong") break;
  }
  return all;
}

const ok = (says: string) => ({ state: "ok" as const, says });
const wrong = (says: string, mend: string) => ({ state: "wrong" as const, says, mend });
const warning = (says: string, mend: string) => ({ state: "warning" as const, says, mend });
const unknown = (says: string, mend: string) => ({ state: "unknown" as const, says, mend });

const NEEDS_KEYS = "set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, and ask again";
const withoutKeys = unknown("not looked at without the project's keys", NEEDS_KEYS);

const CHECKS: Readonly<Record<string, Check>> = {
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

  clock: ({ skewMs }) => {
    if (skewMs === undefined) return unknown("the edge does not say its time", NEEDS_KEYS);
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    if (Math.abs(skewMs) <= MAX_SKEW_MS) return ok("this machine's is right");
    const words = `this machine is ${seconds} s ${skewMs > 0 ? "behind" : "ahead of"} the edge`;
    return wrong(words, "set it (NTP): tokens that are signed here would be refused");
  },

  keys: ({ keyed, hasKeys }) => {
    if (!hasKeys || keyed === undefined) return withoutKeys;
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
        return keyed === undefined ? undefined : ok("all are understood");
    }
  },

  "base URL": ({ langfuse, keyed }) => {
    if (langfuse === undefined) return withoutKeys;
    const url = keyed?.body?.["base_url"];
    const at = typeof url === "string" ? url : "Langfuse";
    if (langfuse.status === 200 && Array.isArray(langfuse.body?.["data"])) {
      return ok(`${at} answers, and knows the keys`);
    }
    if (langfuse.status === 404 && codeOf(langfuse) === "not_found") {
      return unknown(
        "the edge passes nothing on (LEGACY=off)",
        `ask ${at}/api/public/health by yourself`,
      );
    }
    if (langfuse.status === 401 || langfuse.status === 403) {
      return wrong(
        `${at} refuses the keys`,
        "they are of another project, region or installation: check LANGFUSE_BASE_URL and both keys",
      );
    }
    if (codeOf(langfuse) === "unavailable") {
      return wrong(
        `${at} does not answer the edge`,
        "is LANGFUSE_BASE_URL right, and can the edge reach it from where it runs?",
      );
    }
    return wrong(
      `${at} answers HTTP ${langfuse.status}, and not as Langfuse does`,
      "LANGFUSE_BASE_URL is the address without a path; a login wall in front of it needs LANGFUSE_EXTRA_HEADERS",
    );
  },

  queue: ({ keyed }) => {
    const problem = problemsOf(keyed).find(({ code }) => code.startsWith("queue_"));
    if (keyed?.status !== 200) return withoutKeys;
    if (problem === undefined) return ok("takes the sessions' claims");
    const mends: Readonly<Record<string, string>> = {
      queue_missing: "bind the queue as CLAIMS ([[queues.producers]] in wrangler.toml), and deploy",
      queue_unserved:
        "make this Worker the queue's consumer ([[queues.consumers]], the same name), and deploy",
    };
    const mend =
      mends[problem.code] ??
      "look at the queue in Cloudflare's dashboard: is its daily amount used up?";
    return wrong(`${problem.code}: what is accepted waits, and nothing is delivered`, mend);
  },

  delivery: ({ keyed }) => {
    if (keyed?.status !== 200) return withoutKeys;
    const problems = problemsOf(keyed).filter(({ code }) => !code.startsWith("queue_"));
    if (problems.length > 0) {
      const words = problems.map(({ code, since }) => `${code}${since ? ` since ${since}` : ""}`);
      return wrong(words.join("; "), "docs/operations.md#delivery-problems says what each needs");
    }
    const last = keyed.body?.["last_delivery"];
    const error = keyed.body?.["last_error"] as { class?: unknown } | null | undefined;
    if (error != null) {
      return warning(
        `the last one failed (${String(error.class)}), and is tried again`,
        "ask again in a few minutes",
      );
    }
    return typeof last === "string"
      ? ok(`the last one: ${last}`)
      : ok("nothing was to be delivered yet");
  },

  books: ({ outcomes }) => {
    if (outcomes === undefined) return undefined;
    if (outcomes.status !== 200) {
      return warning(
        `the edge answers HTTP ${outcomes.status} for them`,
        "an earlier version has none",
      );
    }
    const { balance, deadLetters } = outcomes.body as {
      balance?: number;
      deadLetters?: { total?: number };
    };
    const dead = deadLetters?.total ?? 0;
    if (balance !== 0) {
      return wrong(
        `${balance} actions are accounted for nowhere`,
        "this is a fault of the edge: please report it",
      );
    }
    if (dead > 0) {
      return warning(
        `balanced; ${dead} dead letter${dead === 1 ? " waits" : "s wait"} for you`,
        "npx langfuse-edge dead-letters list",
      );
    }
    return ok("balanced, no dead letters");
  },

  auth: ({ open, keyed, token, written }) => {
    const modes = listOf(keyed, "auth");
    if (open.body?.["browsers"] === "auth_not_configured") {
      return wrong(
        "no page may write",
        "set AUTH: token (docs/security.md#a-page-in-five-minutes), jwt, or key with ALLOWED_ORIGINS",
      );
    }
    if (keyed?.status !== 200) return withoutKeys;
    if (modes.includes("token") && token?.status !== 200) {
      return wrong(
        `the edge makes no token (${codeOf(token ?? keyed) ?? token?.status})`,
        "give it an AUTH_TOKEN_SECRET of 32 characters or more (openssl rand -base64 48)",
      );
    }
    if (
      written !== undefined &&
      written.status !== 200 &&
      codeOf(written) !== "origin_not_allowed"
    ) {
      return wrong(
        `a page with a new token is refused (${codeOf(written) ?? written.status})`,
        "docs/operations.md#why-somebody-was-not-let-in; the edge's log has the check that failed",
      );
    }
    if (modes.includes("key")) {
      return warning(
        `${modes.join(", ")}: anybody who knows the public key writes`,
        "prefer token or jwt",
      );
    }
    return ok(modes.join(", "));
  },

  origins: ({ page, preflight, written }) => {
    if (page === undefined || preflight === undefined) {
      return unknown(
        "not asked for",
        "--page https://app.example.com: may pages of that origin write?",
      );
    }
    const allowed = preflight.headers.get("access-control-allow-origin");
    const isAllowed = allowed === page || allowed === "*";
    if (!isAllowed || (written !== undefined && codeOf(written) === "origin_not_allowed")) {
      return wrong(
        `pages of ${page} are not let in`,
        `add it to ALLOWED_ORIGINS, as it stands here, and deploy, or restart serve`,
      );
    }
    return ok(`pages of ${page} are let in`);
  },

  masks: ({ keyed }) => {
    if (keyed?.status !== 200) return withoutKeys;
    if (!("masks" in (keyed.body ?? {})))
      return unknown("an earlier version does not say", "upgrade the edge");
    const masks = listOf(keyed, "masks");
    if (masks.length > 0) return ok(masks.join(", "));
    return warning(
      "nothing is masked or dropped",
      "MASK=all holds back addresses, cards and keys (docs/privacy.md)",
    );
  },

  "script tag": ({ script, origin }) => {
    const type = script.headers.get("content-type") ?? "";
    if (script.status === 200 && /javascript/.test(type)) return ok(`${origin}/langfuse-edge.js`);
    return warning(
      `${origin}/langfuse-edge.js is not served (HTTP ${script.status})`,
      "only for pages with a script tag: deploy with [assets], and route that path to the Worker",
    );
  },
};

function listOf(answer: Probe | undefined, name: string): string[] {
  const list = answer?.body?.[name];
  return Array.isArray(list) ? list.map(String) : [];
}

function problemsOf(answer: Probe | undefined): { code: string; since?: string }[] {
  const list = answer?.body?.["delivery_problems"];
  return Array.isArray(list) ? (list as { code: string; since?: string }[]) : [];
}

function hostOf(location: string | null): string {
  return location !== null && URL.canParse(location) ? new URL(location).host : "another page";
}
