import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stopSignals, type StopSignals } from "../../../src/stopping/stop-signals.ts";

let signals: StopSignals;
let parent: number;
const start = (env: Record<string, string>): void => {
  signals = stopSignals(env, () => parent);
};
const told = (): boolean[] => [signals.stop.aborted, signals.atOnce.aborted];

beforeEach(() => {
  vi.useFakeTimers();
  parent = 4711;
});
afterEach(() => {
  signals.dispose();
  vi.useRealTimers();
});

describe("a command that npx runs", () => {
  it("stops in order when the shell above it has ended, and not at once", () => {
    start({ npm_lifecycle_event: "npx" });
    vi.advanceTimersByTime(60_000);
    expect(told()).toEqual([false, false]);
    parent = 1;
    vi.advanceTimersByTime(60_000);
    expect(told()).toEqual([true, false]);
  });

  it("stops at once at a second signal only", () => {
    start({ npm_lifecycle_event: "npx" });
    process.emit("SIGTERM");
    expect(told()).toEqual([true, false]);
    parent = 1;
    vi.advanceTimersByTime(60_000);
    expect(told()).toEqual([true, false]);
    process.emit("SIGTERM");
    expect(told()).toEqual([true, true]);
  });
});

it("takes a Ctrl-C that npm hands on for the one that the terminal sent", () => {
  start({ npm_lifecycle_event: "dev" });
  process.emit("SIGINT");
  vi.advanceTimersByTime(100);
  process.emit("SIGINT");
  expect(told()).toEqual([true, false]);
  vi.advanceTimersByTime(1000);
  process.emit("SIGINT");
  expect(told()).toEqual([true, true]);
});

describe("a command by itself", () => {
  it("stops at once at a second signal, however soon", () => {
    start({});
    process.emit("SIGINT");
    process.emit("SIGINT");
    expect(told()).toEqual([true, true]);
  });

  it("outlives the shell that began it", () => {
    start({});
    parent = 1;
    vi.advanceTimersByTime(60_000);
    expect(told()).toEqual([false, false]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("leaves no listener and no timer behind", () => {
  const before = process.listenerCount("SIGTERM");
  start({ npm_lifecycle_event: "npx" });
  expect(process.listenerCount("SIGTERM")).toBe(before + 1);
  signals.dispose();
  expect([process.listenerCount("SIGTERM"), vi.getTimerCount()]).toEqual([before, 0]);
});
