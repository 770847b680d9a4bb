// The command from its arguments to its exit code, with an edge that only writes down what it is asked. What a
// real edge answers is shown in journey/dead-letters.
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/cli/commands/index.ts";
import { EXIT } from "../../../src/cli/exit-codes.ts";
import { run } from "../../../src/cli/run.ts";
import { age, oneLine, table } from "../../../src/cli/text.ts";
import { EDGE_VERSION } from "../../../src/protocol/version.ts";

const KEYS = { LANGFUSE_PUBLIC_KEY: "pk-lf-1", LANGFUSE_SECRET_KEY: "sk-lf-very-secret" };
const ENV = { ...KEYS, LANGFUSE_EDGE_URL: "https://edge.example.com" };
const NOW = Date.UTC(2036, 0, 1);
const ID = `${"ab".repeat(32)}.7`;
const LETTER = {
  id: ID,
  kind: "observation",
  reason: "refused",
  message: "span is not \u001b[31mto my taste",
  since: new Date(NOW - 180_000).toISOString(),
  deaths: 2,
  name: "streaming-response",
};
const PAGE = { letters: [LETTER], total: 1, byReason: { refused: 1 } };

interface Asked {
  url: string;
  method: string;
  authorization: string | null;
  body: unknown;
}

type Reply = { status?: number; body: unknown } | Error;

async function call(line: string, replies: Reply[] = [], env: Record<string, string> = ENV) {
  const asked: Asked[] = [];
  let [out, err] = ["", ""];
  const exit = await run(line === "" ? [] : line.split(" "), {
    env,
    out: (text) => (out += text),
    err: (text) => (err += text),
    now: () => NOW,
    fetch: async (input, init = {}) => {
      const url = input instanceof Request ? input.url : String(input);
      const request = new Request(url, init);
      const { method, headers } = request;
      const text = await request.text();
      const body = text === "" ? undefined : (JSON.parse(text) as unknown);
      asked.push({ url, method, authorization: headers.get("authorization"), body });
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      if (reply === undefined || reply instanceof Error)
        throw reply ?? new Error("nobody is there");
      if (typeof reply.body === "string")
        return new Response(reply.body, { status: reply.status ?? 200 });
      return Response.json(reply.body, { status: reply.status ?? 200 });
    },
  });
  expect(out + err).not.toContain("very-secret");
  return { exit, out, err, asked };
}

describe("help", () => {
  it.each(["", "help", "--help", "-h"])("of everything: %s", async (line) => {
    const { exit, out } = await call(line, [], {});
    expect(exit).toBe(EXIT.ok);
    for (const { summary } of COMMANDS) expect(out).toContain(summary);
    expect(out).toContain("LANGFUSE_SECRET_KEY");
  });

  it.each(COMMANDS)("of $name", async ({ name, asksNoEdge }) => {
    for (const line of [`help ${name}`, `${name} --help`]) {
      const { exit, out, asked } = await call(line, [], {});
      expect([exit, asked]).toEqual([EXIT.ok, []]);
      expect(out).toContain("Examples:");
      if (asksNoEdge !== true) expect(out).toContain("--url <url>");
      expect(out.includes("LANGFUSE_EDGE_URL")).toBe(asksNoEdge !== true);
    }
  });

  it("of a group, and the version", async () => {
    expect(await call("dead-letters --help")).toMatchObject({ exit: EXIT.ok });
    expect(await call("dead-letters")).toMatchObject({ exit: EXIT.usage });
    expect(await call("version")).toMatchObject({ exit: EXIT.ok, out: `${EDGE_VERSION}\n` });
  });
});

describe("a command line that can't be meant", () => {
  it.each<[string, string]>([
    ["outcome", "did you mean outcomes?"],
    ["serv", "did you mean serve?"],
    ["outcomes now", "takes no now"],
    ["outcomes --minute 3", "outcomes --help"],
    ["outcomes --secret-key sk-lf-very-secret", "keys come from the environment"],
    ["outcomes --url ftp://edge.example.com", "no URL of an edge"],
    ["outcomes --url https://pk:very-secret@edge.example.com", "keys do not belong into the URL"],
    ["dead-letters replay", "exactly one of"],
    [`dead-letters replay ${ID} --all`, "exactly one of"],
    ["dead-letters delete --all", "--yes"],
    ["dead-letters show", "name one id"],
  ])("%s", async (line, words) => {
    const { exit, err, asked } = await call(line);
    expect([exit, asked]).toEqual([EXIT.usage, []]);
    expect(err).toContain(words);
  });

  it("without an address, or without keys", async () => {
    expect((await call("outcomes", [], KEYS)).err).toContain("LANGFUSE_EDGE_URL");
    const { LANGFUSE_EDGE_URL } = ENV;
    expect((await call("outcomes", [], { LANGFUSE_EDGE_URL })).err).toContain(
      "LANGFUSE_SECRET_KEY",
    );
    const reply = { body: { status: "healthy" } };
    expect(await call("health", [reply], { LANGFUSE_EDGE_URL })).toMatchObject({ exit: EXIT.ok });
  });
});

describe("an edge", () => {
  it.each([
    "https://e.example.com/",
    "e.example.com/api/langfuse",
    "https://e.example.com/api/langfuse/trace",
  ])("is found at %s", async (url) => {
    const { asked } = await call(`dead-letters list --url ${url}`, [{ body: PAGE }]);
    expect(asked).toEqual([
      {
        url: "https://e.example.com/api/langfuse/dead-letters",
        method: "GET",
        authorization: `Basic ${Buffer.from("pk-lf-1:sk-lf-very-secret").toString("base64")}`,
        body: undefined,
      },
    ]);
  });

  it.each<[string, Reply, number]>([
    ["that is not there", new Error("connect ECONNREFUSED"), EXIT.unreachable],
    ["that is a login page", { body: "<html>sign in</html>" }, EXIT.unreachable],
    ["that redirects", { status: 302, body: "" }, EXIT.unreachable],
    [
      "that refuses the keys",
      { status: 401, body: { error: { code: "unauthorized", message: "no" } } },
      EXIT.refused,
    ],
    [
      "that is ill",
      { status: 503, body: { error: { code: "unavailable", message: "later" } } },
      EXIT.unreachable,
    ],
    [
      "that is of an earlier version",
      { status: 404, body: { error: { code: "not_found", message: "there is only /x" } } },
      EXIT.unreachable,
    ],
    [
      "that has none of it",
      { status: 404, body: { error: { code: "not_found", message: "no such letter" } } },
      EXIT.notFound,
    ],
    [
      "that does not understand",
      { status: 400, body: { error: { code: "invalid_request", message: "limit" } } },
      EXIT.usage,
    ],
  ])("%s", async (_what, reply, exit) => {
    const answer = await call(`dead-letters show ${ID}`, [reply]);
    expect([answer.exit, answer.out]).toEqual([exit, ""]);
    expect(answer.err).not.toBe("");
  });
});

describe("what is asked and shown", () => {
  it("lists dead letters for people, with nothing that a terminal obeys", async () => {
    const { out, exit } = await call("dead-letters list", [{ body: PAGE }]);
    expect(exit).toBe(EXIT.ok);
    expect(out).toContain(`${ID}  3 min  refused  2`);
    expect(out).not.toContain("\u001b");
    expect(
      (await call("dead-letters list", [{ body: { ...PAGE, letters: [], total: 0 } }])).out,
    ).toBe("no dead letters\n");
  });

  it("lists all pages, for programs", async () => {
    const replies = [
      { body: { ...PAGE, nextCursor: "c1" } },
      { body: { ...PAGE, unreachable: 1 } },
    ];
    const { out, exit, asked } = await call(
      "dead-letters list --all --json --reason refused",
      replies,
    );
    expect(exit).toBe(EXIT.attention);
    expect((JSON.parse(out) as typeof PAGE).letters).toHaveLength(2);
    expect(asked.map(({ url }) => new URL(url).search)).toEqual([
      "?reason=refused&limit=100",
      "?reason=refused&limit=100&cursor=c1",
    ]);
  });

  it("replays while there is something left and it goes forward", async () => {
    const body = (replayed: number, left: number) => ({ body: { success: true, replayed, left } });
    const done = await call("dead-letters replay --all", [body(5, 3), body(3, 0)]);
    expect(done).toMatchObject({ exit: EXIT.ok, out: "8 replayed\n" });
    expect(done.asked.map(({ method, body: sent }) => [method, sent])).toEqual([
      ["POST", { all: true }],
      ["POST", { all: true }],
    ]);
    const stuck = await call(`dead-letters replay ${ID} --json`, [body(0, 2)]);
    expect(stuck).toMatchObject({ exit: EXIT.attention });
    expect(JSON.parse(stuck.out)).toEqual({ replayed: 0, left: 2, unreachable: 0 });
    expect(stuck.asked[0]?.body).toEqual({ ids: [ID] });
  });

  it("deletes what is named, and more only with a yes", async () => {
    const reply = { body: { success: true, deleted: 1, left: 0 } };
    const named = await call(`dead-letters delete ${ID} x.1`, [reply]);
    expect(named.asked[0]).toMatchObject({ method: "DELETE" });
    expect(new URL(named.asked[0]?.url ?? "").searchParams.getAll("id")).toEqual([ID, "x.1"]);
    const all = await call("dead-letters delete --all --yes", [reply]);
    expect([all.exit, new URL(all.asked[0]?.url ?? "").search]).toEqual([EXIT.ok, "?all=true"]);
  });

  it("shows the books, and says by its exit code whether they balance", async () => {
    const books = {
      since: null,
      totals: {
        accepted: 12_345,
        delivered: 12_000,
        dead: 300,
        pending: 40,
        dropped: { expired: 5 },
      },
      balance: 0,
      oldestPending: { ageSeconds: 600 },
      deadLetters: { total: 7, byReason: { refused: 7 } },
      refused: { invalid_time: 2 },
      givenUp: {},
      minutes: [],
      hours: [{ at: "2036-01-01T00:00:00.000Z", accepted: 1, delivered: 1, dead: 0, dropped: {} }],
    };
    const well = await call("outcomes --hours 1", [{ body: books }]);
    expect(well.exit).toBe(EXIT.ok);
    expect(well.out).toContain("pending              40 (the oldest for 10 min)");
    expect(well.out).toContain("2036-01-01T00:00:00.000Z");
    expect(new URL(well.asked[0]?.url ?? "").search).toBe("?hours=1");
    expect(well.out).toContain("dead                 300 (7 dead letters)");
    const one = { ...books, deadLetters: { total: 1, byReason: { refused: 1 } } };
    expect((await call("outcomes", [{ body: one }])).out).toContain("300 (1 dead letter)\n");
    const ill = await call("outcomes --json", [{ body: { ...books, balance: 3 } }]);
    expect([ill.exit, JSON.parse(ill.out)]).toEqual([EXIT.attention, { ...books, balance: 3 }]);
  });

  it("shows health, and says by its exit code whether all is well", async () => {
    const body = {
      status: "degraded",
      pending: 3,
      last_dead: { reason: "refused", message: "no", at: "2036", id: ID },
      delivery_problems: [{ code: "unauthorized", since: "2035", waiting: 3 }],
    };
    const { exit, out } = await call("health", [{ body }]);
    expect(exit).toBe(EXIT.attention);
    expect(out).toContain("unauthorized since 2035, 3 records waiting");
    expect(out).toContain(ID);
  });
});

describe("text", () => {
  it("stands in columns, and ages in words", () => {
    expect(
      table([
        ["a", "bb"],
        ["ccc", "d"],
      ]),
    ).toBe("a    bb\nccc  d\n");
    expect([0, 119_000, 3_600_000, 86_400_000, 9e8].map(age)).toEqual([
      "0 s",
      "119 s",
      "60 min",
      "24 h",
      "10 d",
    ]);
    expect(oneLine("a\n\tb", 9)).toBe("a b");
    expect(oneLine("abcdef", 4)).toBe("abc…");
  });
});

describe("token", () => {
  const answer = { token: "t.o.k", expiresAt: "2036-01-01T00:10:00.000Z", sessionId: "chat-7" };

  it("is alone on standard output, for a shell to take", async () => {
    const { exit, out, err, asked } = await call("token --session chat-7 --user ada --minutes 1", [
      { body: { ...answer, userId: "ada" } },
    ]);
    expect([exit, out]).toEqual([EXIT.ok, "t.o.k\n"]);
    expect(err).toContain("session chat-7, user ada, until 2036");
    expect(asked).toMatchObject([
      { method: "POST", body: { sessionId: "chat-7", userId: "ada", ttlSeconds: 60 } },
    ]);
  });

  it("that reads is of no session", async () => {
    const { asked, err } = await call("token --read", [
      { body: { token: "r", expiresAt: "later" } },
    ]);
    expect(asked[0]?.body).toEqual({ scope: "read", ttlSeconds: 3600 });
    expect(err).toBe("reads, until later\n");
  });

  it.each(["token", "token --read --session a", "token --session a --minutes 1441"])(
    "is not asked for by %s",
    async (line) => expect(await call(line)).toMatchObject({ exit: EXIT.usage, asked: [] }),
  );
});

describe("completion", () => {
  const script = async (shell: string): Promise<string> => (await call(`completion ${shell}`)).out;
  const words = async (...typed: string[]): Promise<string[]> => {
    const line = ["langfuse-edge", ...typed].map((word) => `"${word}"`).join(" ");
    const code = `${await script("bash")}\nCOMP_WORDS=(${line}); COMP_CWORD=${typed.length}; _langfuse_edge; echo "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", code], { encoding: "utf8" }).trim().split(" ");
  };

  it("knows every command, the second word of a group, and a command's options", async () => {
    const names = COMMANDS.map(({ name }) => name.split(" ")[0] ?? "");
    expect(await words("")).toEqual([...new Set([...names, "help", "version"])]);
    expect(await words("do")).toEqual(["doctor"]);
    expect(await words("dead-letters", "re")).toEqual(["replay"]);
    expect(await words("doctor", "--p")).toEqual(["--page"]);
    expect(await words("dead-letters", "list", "--j")).toEqual(["--json"]);
  });

  it("has scripts of other shells, and no other shell's", async () => {
    expect(await script("zsh")).toMatch(/^#compdef langfuse-edge/);
    expect(await script("fish")).toContain("-a doctor -d 'checks an edge from outside");
    expect((await call("completion powershell")).exit).toBe(EXIT.usage);
  });
});

it("deploy needs a machine to work on", async () =>
  expect((await call("deploy", [], {})).exit).toBe(EXIT.usage));

describe("a terminal", () => {
  const hostile = "\u001b[2Jred\u009b31m\u007f\u0007";
  const letter = { ...LETTER, name: hostile, record: { input: hostile } };

  it.each([
    [`dead-letters show ${ID}`, letter],
    [`dead-letters show ${ID} --json`, letter],
    ["dead-letters list --json", { ...PAGE, letters: [letter] }],
    ["dead-letters list", { ...PAGE, letters: [letter], byReason: { [hostile]: 1 } }],
    ["health --json", { status: "healthy", last_error: { message: hostile } }],
    ["health", { error: { code: hostile, message: hostile } }],
  ])("is given no command by %s, and programs the same JSON", async (line, body) => {
    const status = "error" in body ? 400 : 200;
    const { out, err } = await call(line, [{ status, body }]);
    // oxlint-disable-next-line no-control-regex -- what must not reach a terminal
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    if (line.includes("--json")) expect(JSON.parse(out)).toEqual(body);
  });
});

describe("the doctor's last line", () => {
  it("does not say that nothing is wrong where most was not looked at", async () => {
    const body = { status: "healthy", langfuse_configured: true };
    const { out, exit } = await call("doctor", [{ body }], {
      LANGFUSE_EDGE_URL: "https://edge.example.com",
    });
    expect(exit).toBe(EXIT.ok);
    expect(out).toMatch(/\nNothing is wrong in what was looked at\.\n$/);
  });
});
