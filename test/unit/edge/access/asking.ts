// What a door answers to a request that shows so much of who sends it.
import type { AccessControl } from "../../../../src/edge/access/policy.ts";

export const ask = (
  { access }: AccessControl,
  authorization?: string,
  origin?: string,
): ReturnType<AccessControl["access"]> =>
  access(
    new Request("https://edge.test/", {
      headers: { ...(authorization && { authorization }), ...(origin && { origin }) },
    }),
  );
