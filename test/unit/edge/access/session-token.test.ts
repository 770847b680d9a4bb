import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type AccessControl, accessControl } from "../../../../src/edge/access/policy.ts";
import { readSettings } from "../../../../src/settings/index.ts";
import { shellAt } from "../edge-under-test.ts";
import { NOW } from "../interpret/interpreting.ts";
import { ask } from "./asking.ts";
import { claims, ENV, forged, OLD_SECRET, PUBLIC_KEY, SECONDS, SECRET, signed } from "./tokens.ts";

describe("session tokens", () => {
  const door = (env: Record<string, unknown> = {}, now = NOW): AccessControl =>
    accessControl(
      readSettings({ ...ENV, ...env }),
      shellAt(() => now),
    );
  const bearer = async (token: Promise<string> | string, by = door()) =>
    ask(by, `Bearer ${await token}`, "https://app.test");

  test("of a user is in the user's namespace, whatever its session", async () => {
    const caller = await bearer(signed({ sub: "ada", actions: ["create_score"] }));
    expect(caller).toMatchObject({
      project: { publicKey: PUBLIC_KEY },
      writer: "browser",
      owner: "user:ada",
      tag: "598bbd6600cf3412",
      sessionId: "chat-7",
      userId: "ada",
      actions: new Set(["create_score"]),
    });
    const other = await bearer(signed({ sub: "ada", sid: "chat-8" }));
    expect(other).toMatchObject({
      owner: "user:ada",
      tag: "598bbd6600cf3412",
      sessionId: "chat-8",
    });
  });

  test("of a session is in the session's, which no user's name can be", async () => {
    const session = await bearer(signed({ sid: "ada" }));
    expect(session).toMatchObject({ owner: "session:ada", sessionId: "ada" });
    expect(session).not.toHaveProperty("userId");
    const user = await bearer(signed({ sub: "ada", sid: undefined }));
    expect(user).toMatchObject({ owner: "user:ada" });
    expect(user).not.toHaveProperty("sessionId");
    expect("tag" in session && "tag" in user && session.tag !== user.tag).toBe(true);
    for (const sid of ["server", "anonymous"]) {
      expect(await bearer(signed({ sid }))).toMatchObject({ owner: `session:${sid}` });
    }
  });

  test("comes in a beacon's body too", async () => {
    const request = new Request("https://edge.test/");
    expect(await door().access(request, await signed())).toHaveProperty("owner");
    expect(await door().access(request, "")).toMatchObject({ refusal: { code: "token_invalid" } });
  });

  test("is labelled by who signs it", async () => {
    const labelled = signed({}, { header: { kid: `${PUBLIC_KEY}:2026-11` } });
    expect(await bearer(labelled)).toHaveProperty("owner");
  });

  test("of the secret before is valid while both are set, and no longer", async () => {
    const old = signed({}, { secret: OLD_SECRET });
    const both = door({ AUTH_TOKEN_SECRET_PREVIOUS: OLD_SECRET });
    expect(await bearer(old, both)).toHaveProperty("owner");
    expect(await bearer(signed(), both)).toHaveProperty("owner");
    expect(await bearer(old)).toMatchObject({ refusal: { code: "token_invalid" } });
  });

  test("expires, also where it was seen before", async () => {
    let now = NOW;
    const by = accessControl(
      readSettings(ENV),
      shellAt(() => now),
    );
    const token = await signed();
    expect(await bearer(token, by)).toHaveProperty("owner");
    expect(await bearer(token, by)).toHaveProperty("owner");
    now = NOW + 600_000 + 29_000;
    expect(await bearer(token, by)).toHaveProperty("owner");
    now = NOW + 600_000 + 31_000;
    expect(await bearer(token, by)).toMatchObject({ refusal: { code: "token_expired" } });
  });

  const PROJECTS = {
    "pk-b": { secretKey: "sk-b", tokenSecret: OLD_SECRET },
    "pk-c": "sk-c",
  };
  test("of another project is that project's", async () => {
    const by = door({ LANGFUSE_PROJECTS: PROJECTS });
    const token = signed({ project: "pk-b" }, { secret: OLD_SECRET, header: { kid: "pk-b" } });
    expect(await bearer(token, by)).toMatchObject({ project: { publicKey: "pk-b" } });
  });

  const hs256 = (key: string, header: object, payload: object): string => {
    const unsigned = forged(header, payload);
    const input = unsigned.slice(0, -1);
    return unsigned + createHmac("sha256", key).update(input).digest("base64url");
  };
  const HEADER = { alg: "HS256", kid: PUBLIC_KEY };
  test.each<[string, Promise<string> | string, string]>([
    ["nothing", "", "malformed"],
    ["the public key", PUBLIC_KEY, "public_key"],
    ["too long a one", "x".repeat(8193), "malformed"],
    ["three dots", "..", "malformed"],
    ["alg none", forged({ alg: "none", kid: PUBLIC_KEY }, claims()), "alg"],
    ["alg NONE", forged({ alg: "NONE", kid: PUBLIC_KEY }, claims()), "alg"],
    ["no alg", forged({ kid: PUBLIC_KEY }, claims()), "alg"],
    ["another alg's name", forged({ alg: "RS256", kid: PUBLIC_KEY }, claims(), "AAAA"), "alg"],
    ["a list of algs", forged({ alg: ["HS256"], kid: PUBLIC_KEY }, claims(), "AAAA"), "alg"],
    ["no signature", forged(HEADER, claims()), "signature"],
    ["a signature by the public key", hs256(PUBLIC_KEY, HEADER, claims()), "signature"],
    ["an empty secret's", hs256("", HEADER, claims()), "signature"],
    ["a critical header", hs256(SECRET, { ...HEADER, crit: ["x"], x: 1 }, claims()), "malformed"],
    [
      "an unencoded payload",
      hs256(SECRET, { ...HEADER, crit: ["b64"], b64: false }, claims()),
      "malformed",
    ],
    ["claims that are no object", hs256(SECRET, HEADER, []), "malformed"],
    ["no kid", signed({}, { header: { kid: undefined } }), "kid"],
    ["an unknown kid", signed({}, { header: { kid: "pk-x" } }), "kid"],
    ["a kid of a project without secret", signed({}, { header: { kid: "pk-c" } }), "kid"],
    ["a kid that is none", signed({}, { header: { kid: "__proto__" } }), "kid"],
    ["another project's kid", signed({}, { header: { kid: "pk-b" } }), "signature"],
    ["another project's claim", signed({ project: "pk-b" }), "project"],
    ["another project's secret", signed({}, { secret: OLD_SECRET }), "signature"],
    ["no project", signed({ project: undefined }), "project"],
    ["no audience", signed({ aud: undefined }), "aud"],
    ["another audience", signed({ aud: "langfuse" }), "aud"],
    ["no exp", signed({ exp: undefined }), "exp"],
    ["no iat", signed({ iat: undefined }), "iat"],
    ["exp as text", signed({ exp: "9999999999" }), "exp"],
    ["a life of more than a day", signed({ exp: SECONDS + 86_401 }), "life"],
    ["not yet valid", signed({ nbf: SECONDS + 40 }), "nbf"],
    ["issued in the future", signed({ iat: SECONDS + 40 }), "iat"],
    ["nobody's", signed({ sid: undefined }), "user"],
    ["an empty session", signed({ sid: "" }), "session"],
    ["a session that is a number", signed({ sid: 5 }), "session"],
    ["a session with a line break", signed({ sid: "a\nb" }), "session"],
    ["too long a session", signed({ sid: "x".repeat(201) }), "session"],
    ["an empty user", signed({ sub: "" }), "user"],
    ["a user that is a list", signed({ sub: ["ada"] }), "user"],
    ["a user with half a character", signed({ sub: "\ud800" }), "user"],
    ["actions that are text", signed({ actions: "create_trace" }), "actions"],
    ["actions that are null", signed({ actions: null }), "actions"],
  ])("%s: refused, and the log says why", async (_, token, reason) => {
    const answer = await bearer(token, door({ LANGFUSE_PROJECTS: PROJECTS }));
    expect(answer).toMatchObject({ refusal: { code: "token_invalid" }, reason });
    const answered = JSON.stringify(answer);
    for (const secret of [SECRET, OLD_SECRET, "sk-"]) expect(answered).not.toContain(secret);
  });

  test.each([
    ["issued a day ago", { iat: SECONDS - 86_431, exp: SECONDS - 31 }],
    ["expired", { iat: SECONDS - 600, exp: SECONDS - 30 }],
  ])("%s: expired", async (_, times) => {
    expect(await bearer(signed(times))).toMatchObject({
      refusal: { code: "token_expired", headers: { "www-authenticate": expect.anything() } },
    });
  });

  test("one that lives a day is the longest", async () => {
    expect(await bearer(signed({ exp: SECONDS + 86_400 }))).toHaveProperty("owner");
  });

  test("none is asked for in the way that its caller understands", async () => {
    const challenge = (scheme: string) => ({
      refusal: {
        code: "unauthorized",
        headers: { "www-authenticate": expect.stringMatching(new RegExp(`^${scheme} `)) },
      },
    });
    expect(await ask(door(), undefined, "https://app.test")).toMatchObject(challenge("Bearer"));
    expect(await ask(door())).toMatchObject(challenge("Basic"));
    expect(await ask(door(), "Digest abc")).toMatchObject(challenge("Basic"));
  });

  test("are refused where AUTH does not name them", async () => {
    expect(await bearer(signed(), door({ AUTH: "" }))).toMatchObject({
      refusal: { code: "auth_not_configured" },
    });
  });
});
