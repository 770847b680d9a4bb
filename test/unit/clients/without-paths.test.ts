import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Recorded } from "../../clients/support/client-type.ts";
import { clientNames, readRecording } from "../../clients/support/clients.ts";
import { machinePath, withoutPaths } from "../../clients/support/without-paths.ts";

const PLACES = [
  ["/home/ada/edge/dist/clients/litellm", "program"],
  ["/home/ada/edge", "repository"],
  ["/scratch/tmp-7", "temp"],
] as const;
const sent = (body: string, more: Partial<Recorded> = {}): Recorded => ({
  method: "POST",
  path: "/api/public/ingestion",
  headers: {},
  body,
  ...more,
});
const bytes = (text: string): Recorded =>
  sent(gzipSync(text).toString("base64"), { encoding: "base64" });

describe("a recording", () => {
  it.each([
    ["/home/ada/edge/dist/clients/litellm/program.py", "program/program.py"],
    ["/home/ada/edge/src/cli/main.ts", "repository/src/cli/main.ts"],
    ["/scratch/tmp-7/cache.db", "temp/cache.db"],
    ["/home/grace/.cache/pip", "~/.cache/pip"],
    ["/root/.config/x", "~/.config/x"],
    ["/usr/lib/python3/dist-packages/requests/api.py", "dist-packages/requests/api.py"],
    ["/opt/venv/lib/python3.11/site-packages/litellm/main.py", "site-packages/litellm/main.py"],
    ["/usr/lib/python3.11/json/decoder.py", "python3.11/json/decoder.py"],
    [
      "/home/ada/edge/dist/clients/litellm/.venv/lib/python3.11/site-packages/litellm/main.py",
      "program/.venv/lib/python3.11/site-packages/litellm/main.py",
    ],
  ])("has no %s", (path, name) => {
    const words = (where: string): string => JSON.stringify({ trace: `File "${where}", line 7` });
    expect(withoutPaths(sent(words(path)), PLACES)).toEqual(sent(words(name)));
    const escaped = words(path).replaceAll("/", String.raw`\/`);
    expect(withoutPaths(sent(escaped), PLACES)).toEqual(sent(words(name)));
  });

  it.each([
    '{"url":"https://cloud.langfuse.com/home/project/traces"}',
    '{"input":"either/or, and/home/or work"}',
    String.raw`{"path":"\/api\/public\/ingestion"}`,
  ])("keeps what is no path of a machine: %s", (body) => {
    expect(withoutPaths(sent(body), PLACES)).toEqual(sent(body));
  });

  it("of bytes is left as it is, or refused", () => {
    const harmless = bytes("\n\u0003service.name langfuse /v1/traces");
    expect(withoutPaths(harmless, PLACES)).toBe(harmless);
    expect(() => withoutPaths(bytes("\n\u0003/home/ada/edge/x"), PLACES)).toThrow("(/home/ada)");
  });
});

it.each(clientNames())("the recording of %s tells nothing of a machine", async (name) => {
  for (const request of (await readRecording(name)) ?? []) {
    expect(machinePath(request)).toBeUndefined();
  }
});
