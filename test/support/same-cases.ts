// The same cases of every property, on each machine and in each run of `npm test`: what passed here passes there.
// `npm run test:long` draws others each time, and is where a rare one is found.
import fc from "fast-check";

if (process.env["LONG_RUNS"] === undefined) {
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_128 });
}
