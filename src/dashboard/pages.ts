// The dashboard's files and the headers that they are served with. They have no data and no secret: whoever may not
// read a project's figures sees an empty page. Pure.

/** By the path under which each is served. */
export const DASHBOARD_FILES = {
  page: "/dashboard",
  script: "/dashboard/app.js",
  style: "/dashboard/style.css",
} as const;

/** Nothing from elsewhere, nothing inline, no text that becomes markup, in no frame, and questions to its edge alone. */
export const DASHBOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** A deploy changes them under the same names: they are asked for again each time, and mostly are the same. */
export const DASHBOARD_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": DASHBOARD_POLICY,
  "Cache-Control": "no-cache",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Robots-Tag": "noindex",
};
