import type { Client } from "../support/client-type.ts";
import { checkoutOf } from "../support/opentelemetry.ts";

export const client: Client = {
  needs: ["javac", "mvn"],
  install: [
    ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"],
    ["javac", "-cp", "lib/*", "-d", "out", "Program.java"],
  ],
  run: ["java", "-cp", "lib/*:out", "Program"],
  ...checkoutOf({ session: "chat-12", event: "exception" }),
};
