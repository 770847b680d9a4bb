import { describe, expect, test } from "vitest";
import { DEGRADED_AFTER_MS } from "../../../src/outcomes/health-status.ts";
import { QueueHealth } from "../../../src/outcomes/queue-health.ts";

describe("the queue's health", () => {
  test("without a queue there is a problem from the start, whatever is sent", () => {
    const queue = new QueueHealth(false);
    expect(queue.problem(0)).toEqual({ code: "queue_missing" });
    queue.sent();
    expect(queue.problem(1e9)).toEqual({ code: "queue_missing" });
  });

  test("failures are one when they last, since the first of them, until one claim gets through", () => {
    const queue = new QueueHealth(true);
    expect(queue.problem(1000)).toBeUndefined();
    queue.failed(1000);
    queue.failed(2000);
    expect(queue.problem(1000 + DEGRADED_AFTER_MS - 1)).toBeUndefined();
    expect(queue.problem(1000 + DEGRADED_AFTER_MS)).toEqual({
      code: "queue_unavailable",
      since: 1000,
    });
    queue.sent();
    expect(queue.problem(1e9)).toBeUndefined();
    queue.failed(1e9);
    expect(queue.problem(1e9 + 1)).toBeUndefined();
  });
});
