// Makes `dist/serve`: what stands around the built Worker where `langfuse-edge serve` runs it on one machine.
import { buildServe } from "./serve-files.ts";

await buildServe("dist/serve");
