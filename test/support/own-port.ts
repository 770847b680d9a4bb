// A port for a program that can't take any that is free, or that has to come back where it was. It is below those that
// systems give out by themselves (32768 and more), so that between the look and the use nobody gets it by chance, and
// each process looks in a corner of its own.
import { freePort } from "../../src/dev/command/free-port.ts";

const FIRST = 20_000;
const CORNER = 10;
const CORNERS = 1_200;

let asked = 0;

export function ownPort(): Promise<number> {
  asked += 1;
  return freePort(FIRST + (process.pid % CORNERS) * CORNER + (asked % CORNER));
}
