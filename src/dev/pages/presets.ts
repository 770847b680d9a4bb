// Ways in which Langfuse can be trouble, to be tried from the page.
import type { Behaviour } from "../sink/calls.ts";

export interface Preset {
  label: string;
  behaviour: Behaviour;
}

export const PRESETS: readonly Preset[] = [
  { label: "works", behaviour: {} },
  { label: "is slow (5 s)", behaviour: { delayMs: 5_000 } },
  { label: "hangs", behaviour: { delayMs: 120_000 } },
  { label: "is down (503)", behaviour: { status: 503 } },
  { label: "fails twice (500)", behaviour: { status: 500, times: 2 } },
  { label: "limits (429, 5 s)", behaviour: { status: 429, retryAfter: 5 } },
  { label: "does not know the keys (401)", behaviour: { status: 401 } },
  { label: "is behind a login page (HTML)", behaviour: { html: true } },
  { label: "redirects", behaviour: { redirect: "https://login.example.com/" } },
];
