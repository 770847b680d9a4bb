// Checks of what a page meets: may it write, from where, what is masked, and is there a script tag for it. Pure.
import { type Checks, ok, unknown, warning, withoutKeys, wrong } from "./finding.ts";
import { codeOf, listOf } from "./probe.ts";

export const PAGE_CHECKS: Checks = {
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
