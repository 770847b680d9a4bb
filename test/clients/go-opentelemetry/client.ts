import type { Client } from "../support/client-type.ts";
import { checkoutOf } from "../support/opentelemetry.ts";

const VERSION = "v1.47.0";

export const client: Client = {
  needs: ["go"],
  install: [
    [
      "go",
      "get",
      `go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp@${VERSION}`,
      `go.opentelemetry.io/otel/sdk@${VERSION}`,
    ],
    ["go", "build", "-o", "client", "."],
  ],
  run: ["./client"],
  ...checkoutOf({ session: "chat-10", event: "exception" }),
};
