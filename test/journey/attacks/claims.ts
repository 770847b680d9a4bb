// A valid token, used for what it does not say.
import { type Attack, action, withToken } from "./attack.ts";
import type { Claims, World } from "./world.ts";

const MINE = { traceId: "ui2-1671234567890-abc123" };
const attack = (
  name: string,
  claims: Claims,
  body: string,
  code: string,
  status = 403,
): Attack => ({
  name,
  request: async ({ token }: World) => withToken(await token(claims), body),
  status,
  code,
});
const session = (name: string, body: string): Attack => attack(name, {}, body, "session_mismatch");
const user = (name: string, body: string): Attack => attack(name, {}, body, "user_mismatch");
const outside = (name: string, body: string): Attack =>
  attack(name, { actions: ["create_score"] }, body, "action_not_allowed");

export const claims: Attack[] = [
  session("another's session around an action", action("create_trace", MINE, { sessionId: "eve" })),
  session("another's session on a trace", action("create_trace", { ...MINE, sessionId: "eve" })),
  session(
    "another's session on an update",
    action("update_trace", { ...MINE, sessionId: "Chat-7" }),
  ),
  session("a flush of another's session", action("flush", { sessionId: "eve", deliver: true })),
  session(
    "a score of another's session",
    action("create_score", { sessionId: "eve", name: "n", value: 1 }),
  ),
  session("a session that is a number", action("create_trace", { ...MINE, sessionId: 7 })),
  user("another user", action("create_trace", { ...MINE, userId: "eve" })),
  user("another user, later", action("end_trace", { ...MINE, userId: "Ada" })),
  attack(
    "a score of any session, by a token of a user",
    { sid: undefined },
    action("create_score", { sessionId: "eve", name: "n", value: 1 }),
    "session_mismatch",
  ),
  outside("a trace, where only scores are allowed", action("create_trace", MINE)),
  outside("a flush, where only scores are allowed", action("flush", {})),
  attack(
    "anything, where nothing is allowed",
    { actions: [] },
    action("flush", {}),
    "action_not_allowed",
  ),
  attack(
    "an id that leaves no room for its owner's tag",
    {},
    action("create_trace", { traceId: "x".repeat(200) }),
    "invalid_data",
    400,
  ),
];
