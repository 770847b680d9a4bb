// A program of its own, since the package unpacks into the temporary folder of its process.
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";

const packed = (name: string): string =>
  fileURLToPath(import.meta.resolve(`@sparticuz/chromium`).replace(/build\/[^/]*$/, `bin/${name}`));

// `al2023` holds the libraries that a bare machine does not have.
await Promise.all(
  ["chromium.br", "al2023.tar.br", "fonts.tar.br"].map((name) => inflate(packed(name))),
);
