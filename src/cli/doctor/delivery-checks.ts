// Checks of the way to Langfuse: the address that it is under, the queue, deliveries, and the books. Pure.
import { type Checks, ok, unknown, warning, withoutKeys, wrong } from "./finding.ts";
import { codeOf, type Probe } from "./probe.ts";

export const DELIVERY_CHECKS: Checks = {
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
};

function problemsOf(answer: Probe | undefined): { code: string; since?: string }[] {
  const list = answer?.body?.["delivery_problems"];
  return Array.isArray(list) ? (list as { code: string; since?: string }[]) : [];
}
