// The files that the published package may hold, and those that it must. Pure.

const ALLOWED: readonly RegExp[] = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|llms\.txt)$/,
  /^docs\/[a-z-]+\.(md|svg)$/,
  /^dist\/assets\/(langfuse-edge\.js|llms\.txt|_headers|dashboard\.html)$/,
  /^dist\/assets\/dashboard\/(app\.js|style\.css)$/,
  /^dist\/cli\/main\.js$/,
  /^dist\/client\/[\w-]+\.(d\.ts|js)$/,
  /^dist\/client\/[a-z]+\/[\w-]+\.d\.ts$/,
  /^dist\/protocol\/change\.d\.ts$/,
  /^dist\/server\/index\.js$/,
  /^dist\/server\/[\w-]+\.d\.ts$/,
  /^dist\/worker\/((index|edge)\.(d\.ts|js)|types\.d\.ts|wrangler\.toml)$/,
  /^dist\/hooks\/(types|verdicts)\.d\.ts$/,
  /^dist\/serve\/(bindings\.json|host\.js)$/,
];

const NEEDED: readonly string[] = [
  "package.json",
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
  "llms.txt",
  "docs/existing-sdks.md",
  "docs/getting-started.md",
  "dist/assets/langfuse-edge.js",
  "dist/assets/_headers",
  "dist/assets/llms.txt",
  "dist/assets/dashboard.html",
  "dist/assets/dashboard/app.js",
  "dist/assets/dashboard/style.css",
  "dist/cli/main.js",
  "dist/server/index.js",
  "dist/server/index.d.ts",
  "dist/worker/index.js",
  "dist/worker/index.d.ts",
  "dist/worker/edge.js",
  "dist/worker/edge.d.ts",
  "dist/worker/types.d.ts",
  "dist/worker/wrangler.toml",
  "dist/hooks/types.d.ts",
  "dist/serve/bindings.json",
  "dist/serve/host.js",
  ...["index", "chat", "react", "errors", "experiments", "feedback", "offline"].flatMap((name) => [
    `dist/client/${name}.js`,
    `dist/client/${name}.d.ts`,
  ]),
];

/** What is wrong with a package of these files. */
export function packageProblems(files: readonly string[]): string[] {
  const strangers = files.filter((path) => !ALLOWED.some((pattern) => pattern.test(path)));
  const missing = NEEDED.filter((path) => !files.includes(path));
  return [
    ...strangers.map((path) => `${path} must not be in the package`),
    ...missing.map((path) => `${path} is missing in the package`),
  ];
}
