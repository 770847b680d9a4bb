// What a door answers to a request that shows so much of who sends it.
import type { Door } from "../../../../src/edge/access/policy.ts";

export const ask = (
  { access }: Door,
  authorization?: string,
  origin?: string,
): ReturnType<Door["access"]> =>
  access(
    new Request("https://edge.test/", {
      headers: { ...(authorization && { authorization }), ...(origin && { origin }) },
    }),
  );
