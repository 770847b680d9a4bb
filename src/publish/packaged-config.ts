// The production wrangler.toml as the package has it: for a folder that holds the built Worker, where there is
// nothing to build. Pure.

export function packagedConfig(text: string): string {
  return text
    .replace(/^#:schema .*\n/, "")
    .replace(
      /^# The production Worker\..*\n(?:#.*\n)*/m,
      "# An edge: the built Worker of the package langfuse-edge.\n",
    )
    .replace(/^main = .*$/m, 'main = "worker/edge.js"')
    .replace(/^directory = .*$/m, 'directory = "assets"')
    .replace(/^\[build\]\n(?:.+\n)*\n?/m, "");
}
