import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Tracing } from "./tracing";

export const metadata: Metadata = { title: "Chat" };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Tracing>{children}</Tracing>
      </body>
    </html>
  );
}
