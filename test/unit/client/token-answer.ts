import * as protocol from "../../../src/protocol/ids.ts";

export const tagOf = (owner: string): string => protocol.ownerTag("pk-lf-1", owner);

/** What the edge's token endpoint answers. */
export const answer = (token: string, lives = 600_000) => ({
  token,
  expiresAt: new Date(Date.now() + lives).toISOString(),
  publicKey: "pk-lf-1",
  sessionId: "s1",
  userId: "ada",
  ownerTag: tagOf("user:ada"),
});
