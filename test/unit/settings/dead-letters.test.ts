import { expect, it } from "vitest";
import { readSettings } from "../../../src/settings/index.ts";

const DAY_MS = 86_400_000;

it.each<[string | undefined, number, number]>([
  [undefined, 14, 0],
  ["30", 30, 0],
  ["0.5", 0.5, 0],
  ["0", 14, 1],
  ["366", 14, 1],
  ["a while", 14, 1],
])("DEAD_LETTER_DAYS=%s keeps dead letters %d days", (text, days, faults) => {
  const { deadLetterMs, problems } = readSettings(
    text === undefined ? {} : { DEAD_LETTER_DAYS: text },
  );
  expect(deadLetterMs).toBe(days * DAY_MS);
  expect(problems.filter((problem) => problem.startsWith("DEAD_LETTER_DAYS"))).toHaveLength(faults);
});

it("says its bounds as a person would", () => {
  const { problems } = readSettings({ DEAD_LETTER_DAYS: "-1" });
  const words = problems.find((problem) => problem.startsWith("DEAD_LETTER_DAYS"));
  expect(words).toBe("DEAD_LETTER_DAYS: must be a number from 0.00002 to 365; using 14");
});
