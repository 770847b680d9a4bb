// An edge in a process of its own, which can be killed with its runtime: `node edge-child.ts <state
// folder> <Langfuse's URL>` prints its address.
import { startEdge } from "./edge-process.ts";
import { keyVars } from "./post.ts";

const [persist = "", langfuse = ""] = process.argv.slice(2);
const { url } = await startEdge({ vars: keyVars(langfuse), persist });
process.stdout.write(`${url}\n`);
