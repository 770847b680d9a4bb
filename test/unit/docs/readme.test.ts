// What must stand in the README, letter for letter.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const readme = readFileSync("README.md", "utf8");
const { repository } = JSON.parse(readFileSync("package.json", "utf8")) as {
  repository?: string | { url: string };
};

test("the two commands stand there, each alone in a block", () => {
  for (const command of ["npm ci && npm run dev", "npm ci && npm test"]) {
    expect(readme.split(`\`\`\`sh\n${command}\n\`\`\``)).toHaveLength(2);
  }
});

test("continuous integration runs the second of them, by `.ci/run`", () => {
  expect(readFileSync(".ci/run", "utf8").trimEnd()).toMatch(/\nnpm ci && npm test$/);
  expect(readFileSync(".github/workflows/ci.yml", "utf8")).toMatch(/^ +- run: \.ci\/run$/m);
});

test("the deploy button names the package's repository, or says that there is none", () => {
  const url = /deploy\.workers\.cloudflare\.com\/\?url=([^)\s]+)/.exec(readme)?.[1];
  const given = typeof repository === "object" ? repository.url : repository;
  if (given === undefined) {
    expect(url).toBe("https://github.com/OWNER/langfuse-edge");
    expect(readme).toContain("in place of `OWNER/langfuse-edge`, since this project has none yet");
  } else {
    expect(url).toBe(given.replace(/^git\+/, "").replace(/\.git$/, ""));
  }
});

test("development and continuous integration use the Node that the project installs", () => {
  const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    devDependencies: Record<string, string>;
  };
  expect(devDependencies["node"]?.split(".")[0]).toBe(readFileSync(".nvmrc", "utf8").trim());
});
