import { expect, test } from "vitest";
import { readSettings } from "../../../src/settings/index.ts";

const KEYS = { LANGFUSE_PUBLIC_KEY: "pk-1", LANGFUSE_SECRET_KEY: "sk-1" };
const read = (SAMPLING: unknown) => {
  const { assembly, problems } = readSettings({ ...KEYS, SAMPLING });
  return { sampling: assembly.sampling, problems };
};

test.each([
  ['{"share":0.1}', { rules: [], share: 0.1 }],
  [{ share: 0 }, { rules: [], share: 0 }],
  [
    '{"rules":[{"failed":true},{"users":["ada"],"share":0.5}],"share":0}',
    { rules: [{ failed: true }, { users: ["ada"], share: 0.5 }], share: 0 },
  ],
  [
    '{"rules":[{"scored":true}],"share":0.1}',
    { rules: [{ scored: true }], share: 0.1, scoreWaitSeconds: 300 },
  ],
  [
    '{"rules":[{"scored":true}],"share":0.1,"scoreWaitSeconds":20}',
    { rules: [{ scored: true }], share: 0.1, scoreWaitSeconds: 20 },
  ],
  [
    '{"rules":[{"scored":true}],"share":0.1,"scoreWaitSeconds":0}',
    { rules: [{ scored: true }], share: 0.1 },
  ],
  ['{"rules":[],"share":0.1,"scoreWaitSeconds":20}', { rules: [], share: 0.1 }],
])("%j", (given, sampling) => {
  expect(read(given)).toEqual({ sampling, problems: [] });
});

test.each([undefined, "", '{"share":1}', '{"rules":[{"failed":true}],"share":1}'])(
  "%j leaves nothing out",
  (given) => {
    expect(read(given)).toEqual({ sampling: undefined, problems: [] });
  },
);

test.each([
  ["0.1", "must be a JSON object"],
  ["{", "must be a JSON object"],
  ["{}", "share must be a number from 0 to 1"],
  ['{"share":10}', "share must be a number from 0 to 1"],
  ['{"share":"0.1"}', "share must be a number from 0 to 1"],
  ['{"share":0.1,"rule":[]}', "must be an object of rules, share and scoreWaitSeconds"],
  ['{"share":0.1,"rules":{}}', "rules must be a list"],
  ['{"share":0.1,"rules":[{}]}', "rules.0 needs a condition"],
  ['{"share":0.1,"rules":[{"share":1}]}', "rules.0 needs a condition"],
  ['{"share":0.1,"rules":[{"fail":true}]}', "rules.0 must be an object of failed, scored"],
  ['{"share":0.1,"rules":[{"failed":false}]}', "rules.0.failed must be true, or left out"],
  ['{"share":0.1,"rules":[{"users":[]}]}', "rules.0.users must be a list of 1 to 100 texts"],
  ['{"share":0.1,"rules":[{"users":"sk-lf-secret"}]}', "rules.0.users must be a list"],
  ['{"share":0.1,"rules":[{"slowerThanMs":0}]}', "rules.0.slowerThanMs must be a number"],
  ['{"share":0.1,"rules":[{"failed":true,"share":2}]}', "rules.0.share must be a number"],
  ['{"share":0.1,"scoreWaitSeconds":3600}', "scoreWaitSeconds must be a number"],
])("%s is a problem by name, and leaves nothing out", (given, words) => {
  const { sampling, problems } = read(given);
  expect(sampling).toBeUndefined();
  expect(problems).toEqual([expect.stringContaining(`SAMPLING: ${words}`)]);
  expect(problems.join()).not.toContain("sk-lf-secret");
});
