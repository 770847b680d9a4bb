import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { basicCredentials, MAX_WORDS, redact } from "../../../src/langfuse/redact.ts";

const project = { publicKey: "pk-ünï", secretKey: "sk-Geheim/+&", baseUrl: "http://x" };
const headers = { "cf-access-client-secret": "0123456789abcdef", "x-flag": "1" };

describe("words of an answer", () => {
  it("lose both keys, their Basic form and the extra headers' values", () => {
    const text = `${project.publicKey} ${project.secretKey} ${basicCredentials(project)} ${headers["cf-access-client-secret"]} 1`;
    expect(redact(text, project, headers)).toBe("[redacted] [redacted] [redacted] [redacted] 1");
  });

  it("lose what looks like a key of another project", () => {
    const text = "sk-lf-1234-abcd pk-lf-99 Basic dXNlcjpwYXNz Bearer abc.def-g";
    expect(redact(text, project)).toBe("[redacted] [redacted] [redacted] [redacted]");
  });

  it("hold no part of a secret at the cut, and are never longer than it", () => {
    fc.assert(
      fc.property(fc.nat(MAX_WORDS + 20), fc.string(), (before, after) => {
        const words = redact("x".repeat(before) + project.secretKey + after, project);
        expect(words.length).toBeLessThanOrEqual(MAX_WORDS);
        expect(words).not.toContain("sk-");
        expect(words.isWellFormed()).toBe(true);
      }),
    );
  });

  it("are not cut within a character", () => {
    expect(redact(`${"x".repeat(MAX_WORDS - 1)}😀`, project).isWellFormed()).toBe(true);
  });

  it("are not garbled by an empty key", () => {
    expect(redact("abc", { ...project, publicKey: "" })).toBe("abc");
  });
});
