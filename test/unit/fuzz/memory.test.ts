import { expect, test } from "vitest";
import { growthIn, type MemoryLook } from "../../fuzz/memory.ts";

const look = (heapMb: number, more: Partial<MemoryLook> = {}): MemoryLook => ({
  requests: 100,
  atRest: true,
  heapMb,
  objects: 5,
  residentMb: 500,
  ...more,
});
const loaded = look(30, { atRest: false, objects: 600 });

test("a heap that is back where it was is flat, whatever it held under load", () => {
  expect(growthIn([look(5), loaded, look(8, { residentMb: 2000 })])).toEqual([]);
});

test("a heap that is larger at rest than it was early is not", () => {
  const [finding] = growthIn([look(5), loaded, look(8.1, { requests: 1000 })]);
  expect(finding).toMatch(/^the Worker keeps more and more: .* heap 5 MB.*; 1000 .* heap 8\.1 MB/);
});

test("where sessions do not fall silent nothing is judged, and that is said", () => {
  expect(growthIn([look(5, { objects: 25 }), look(5)])).toHaveLength(1);
  expect(growthIn([look(5), look(5, { objects: 25 })])).toHaveLength(1);
});

test("where nothing was looked at nothing is found", () => {
  expect(growthIn([])).toEqual([]);
});
