"use client";
import type { ClientOptions } from "langfuse-edge/client";
import { TracingProvider } from "langfuse-edge/react";
import type { ReactNode } from "react";

/** Asked when the first trace goes out, and again when the token has expired. */
async function identify() {
  const sessionId = (sessionStorage["chat"] ??= crypto.randomUUID()) as string;
  const answer = await fetch("/api/langfuse/token", {
    method: "POST",
    body: JSON.stringify({ sessionId }),
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return (await answer.json()) as { token: string; expiresAt: string; sessionId: string };
}

const OPTIONS: ClientOptions = { identify };

export function Tracing({ children }: { children: ReactNode }) {
  return <TracingProvider options={OPTIONS}>{children}</TracingProvider>;
}
