export { captureException, init, startSpan } from "@sentry/browser";
