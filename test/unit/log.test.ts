import { afterEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_LOG_LEVEL, describeError, LOG_LEVELS, logEvent, logFrom } from "../../src/log.ts";
import { readSettings, settingsOf } from "../../src/settings/index.ts";

const written: string[] = [];
for (const level of LOG_LEVELS) {
  vi.spyOn(console, level).mockImplementation((line: string) => {
    written.push(`${level} ${line}`);
  });
}
afterEach(() => {
  written.length = 0;
  logFrom(DEFAULT_LOG_LEVEL);
});
const writeAll = (): void => {
  for (const level of LOG_LEVELS) logEvent(level, "work", { n: 1, absent: undefined });
};

describe("the log", () => {
  test.each(LOG_LEVELS.map((level, index) => [level, LOG_LEVELS.slice(index)] as const))(
    "from %s on writes a JSON line of each event",
    (level, levels) => {
      logFrom(level);
      writeAll();
      expect(written).toEqual(levels.map((one) => `${one} {"event":"work","n":1}`));
    },
  );

  test("writes what a Worker's LOG_LEVEL says, from when its settings were read", () => {
    const env = { LOG_LEVEL: "warn" };
    settingsOf(env);
    writeAll();
    expect(written).toHaveLength(2);
    logFrom("debug");
    settingsOf(env);
    writeAll();
    expect(written).toHaveLength(6);
  });
});

describe("an error in the log", () => {
  test.each([
    [new TypeError("no such object"), "TypeError: no such object"],
    ["text", "text"],
    [undefined, "undefined"],
  ])("%o is named, without its stack", (thrown, told) => {
    expect(describeError(thrown)).toBe(told);
  });

  test.each(['my "own"\nbusiness', '{"a":"my own business"'])(
    "quotes nothing of %j, which a parser could not read",
    (payload) => {
      let thrown: unknown;
      try {
        JSON.parse(payload);
      } catch (error) {
        thrown = error;
      }
      expect(describeError(thrown)).toMatch(/^SyntaxError: /);
      expect(describeError(thrown)).not.toMatch(/own|business/);
    },
  );

  test.each([
    Object.create(null),
    { toString: () => Symbol.iterator },
    Object.assign(new Error("x"), { message: Object.create(null) as string }),
    new Proxy(new Error("x"), {
      get: () => {
        throw new Error("no");
      },
    }),
  ])("that can't be told is told of, whatever somebody threw (%#)", (thrown) => {
    expect(describeError(thrown)).toBe("an error that can't be told");
  });

  test("is cut, and says where something was quoted", () => {
    expect(describeError(new Error('in "my\nbusiness" and "more" at 7'))).toBe(
      'Error: in "…" at 7',
    );
    expect(describeError("x".repeat(1_000))).toBe("x".repeat(300));
  });
});

describe("LOG_LEVEL", () => {
  test.each(["debug", "Info", " ERROR "])("%j is taken", (LOG_LEVEL) => {
    const { logLevel, problems } = readSettings({ LOG_LEVEL });
    expect(logLevel).toBe(LOG_LEVEL.trim().toLowerCase());
    expect(problems).toEqual([]);
  });

  test.each(["", "verbose", "0", "debug,info"])("%j is not", (LOG_LEVEL) => {
    const { logLevel, problems } = readSettings({ LOG_LEVEL });
    expect(logLevel).toBe("info");
    expect(problems).toEqual(
      LOG_LEVEL === "" ? [] : [expect.stringMatching(/^LOG_LEVEL: must be one of debug, info/)],
    );
  });
});
