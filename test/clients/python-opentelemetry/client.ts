import type { Client } from "../support/client-type.ts";
import { checkoutOf } from "../support/opentelemetry.ts";

const PACKAGES = ["opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2"];

export const client: Client = {
  needs: ["python3"],
  install: [
    ["python3", "-m", "venv", ".venv"],
    [".venv/bin/pip", "install", "--quiet", ...PACKAGES],
  ],
  run: [".venv/bin/python", "program.py"],
  ...checkoutOf({
    session: "chat-9",
    event: "declined",
    more: { raw: Buffer.from([1, 255]).toString("base64") },
  }),
};
