import { parseEnv } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSettingsFile } from "../../../../src/serve/options/settings-file.ts";

test("a file as people write it", () => {
  const text = `# keys
LANGFUSE_PUBLIC_KEY=pk-lf-1
  export LANGFUSE_SECRET_KEY = sk-lf-2 # the secret one

LANGFUSE_PROJECTS='{"pk-lf-b":"sk-lf-b"}' # more
MASK="email,
card"
EMPTY=
URL="https://a.example/#x"\r
TWO="a\\nb"
`;
  expect(parseSettingsFile(text)).toEqual({
    LANGFUSE_PUBLIC_KEY: "pk-lf-1",
    LANGFUSE_SECRET_KEY: "sk-lf-2",
    LANGFUSE_PROJECTS: '{"pk-lf-b":"sk-lf-b"}',
    MASK: "email,\ncard",
    EMPTY: "",
    URL: "https://a.example/#x",
    TWO: "a\nb",
  });
});

test.each([
  ["A=1\nsk-lf-secret\n", "line 2 of the settings is not NAME=value"],
  ["A=1\n\n# x\nB='sk-lf-secret\n", "line 4 of the settings begins a quote that never ends"],
  ["A B=sk-lf-secret", "line 1 of"],
])("names the line that can't be read, not its text", (text, words) => {
  expect(() => parseSettingsFile(text)).toThrow(words);
  expect(() => parseSettingsFile(text)).not.toThrow(/sk-lf/);
});

test("whatever a value is, it is what Node.js reads", () => {
  const name = fc.stringMatching(/^[A-Z][A-Z_]{0,8}$/);
  const plain = fc.stringMatching(/^[\w{}:,./+=-]{0,20}$/);
  const quoted = fc.stringMatching(/^[\w {}:,"#./+=-]{0,20}$/).map((text) => `'${text}'`);
  const line = fc.tuple(name, fc.oneof(plain, quoted)).map(([left, right]) => `${left}=${right}`);
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.constant(""), fc.constant("# a comment"))), (lines) => {
      const text = `${lines.join("\n")}\n`;
      expect(parseSettingsFile(text)).toEqual({ ...parseEnv(text) });
    }),
  );
});
