import { describe, expect, it } from "vitest";
import { Journal } from "../../../../src/session/journal/journal.ts";
import {
  FIRST_VERSION,
  FORMAT_VERSION,
  LaterFormatError,
} from "../../../../src/session/journal/migrations.ts";
import { MemoryStorage } from "./memory-storage.ts";

const LONG = "x".repeat(2_000_000);
type Write = (journal: Journal) => void;
const WRITES: Write[] = [
  (journal) => journal.append(["a"]),
  (journal) => journal.append(["b", LONG]),
  (journal) => journal.append(["c"]),
  (journal) => journal.replace(["d"]),
  (journal) => journal.append([LONG]),
  (journal) => journal.replace([LONG, LONG]),
  (journal) => journal.putAside(["e"]),
  (journal) => journal.append(["f"]),
  (journal) => journal.dropAside(),
];

/** Makes each write until it succeeds; what is stored in the end, and what the journal says of it. */
function written(failsAt?: number): unknown {
  const storage = new MemoryStorage();
  storage.failsAt = failsAt;
  const journal = new Journal(storage);
  for (const write of WRITES) {
    try {
      write(journal);
    } catch {
      write(journal);
    }
  }
  const { length } = journal;
  return { length, keys: storage.keys(), lines: new Journal(storage).read() };
}

describe("a journal", () => {
  it("is as it was after a write that failed, at whichever row", () => {
    const calm = written();
    expect(calm).toMatchObject({ lines: ["e", "f"] });
    for (let at = 1; at <= 40; at += 1) expect(written(at)).toEqual(calm);
  });

  it("has its lines whole, however they were cut into rows", () => {
    const storage = new MemoryStorage();
    const lines = ["one", LONG, "two", "", "ü€😀"];
    new Journal(storage).append(lines);
    const journal = new Journal(storage);
    expect(journal.read()).toEqual(lines);
    journal.append(["three"]);
    expect(new Journal(storage).read()).toEqual([...lines, "three"]);
  });

  it.each([
    ["ends within a line", `${FORMAT_VERSION}\nE{"k":`],
    ["has no line", `${FORMAT_VERSION}`],
    ["begins with no format", "what\nE{}\n"],
    ["has a format of before the first release", `${FIRST_VERSION - 1}\nE{}\n`],
    ["is no text", { k: "append" }],
  ])("that %s can't be read", (_what, chunk) => {
    const storage = new MemoryStorage();
    storage.kv.put("journal/00000000", chunk);
    expect(() => new Journal(storage).read()).toThrow();
  });

  it("of a later format is known as such", () => {
    const storage = new MemoryStorage();
    storage.kv.put("journal/00000000", "999\nwhatever\n");
    expect(() => new Journal(storage).read()).toThrow(LaterFormatError);
  });
});
