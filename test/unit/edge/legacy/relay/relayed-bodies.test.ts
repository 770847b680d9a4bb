// Bodies on their way to Langfuse: bounded in all, streams where they are large.
import { describe, expect, it, vi } from "vitest";
import { BodyBudget } from "../../../../../src/edge/body-budget.ts";
import { PATIENTLY } from "../../../../support/until.ts";
import { ok, relayUnderTest } from "./relaying.ts";

describe("bodies on their way to Langfuse", () => {
  const MEBI = 1024 * 1024;
  const upload = (path: string, bytes: number) =>
    [
      `/api/public/${path}`,
      { method: "POST", body: "{}", headers: { "content-length": String(bytes) } },
    ] as const;

  it.each(["datasets", "media"])(
    "to %s count in the budget of all, until it has answered",
    async (path) => {
      const budget = new BodyBudget();
      let answer: (response: Response) => void = () => {};
      const answered = new Promise<Response>((resolve) => {
        answer = resolve;
      });
      const held: number[] = [];
      const { ask } = relayUnderTest(
        (request) => {
          held.push(budget.heldBytes);
          return request.url.endsWith("/slow") ? answered : ok();
        },
        {},
        budget,
      );
      const [, init] = upload("slow", 3 * MEBI);
      const slow = ask("/api/public/slow", init);
      await vi.waitFor(() => expect(held).toHaveLength(1), PATIENTLY);
      expect(held[0]).toBe(3 * MEBI);
      expect((await ask(...upload(path, 10))).status).toBe(200);
      answer(ok());
      expect((await slow).status).toBe(200);
      await vi.waitFor(() => expect(budget.heldBytes).toBe(0), PATIENTLY);
    },
  );

  it.each(["datasets", "media"])(
    "to %s are asked to come again where there is no room",
    async (path) => {
      const budget = new BodyBudget();
      expect(budget.take(budget.share(), 12 * MEBI - 1, 0)).toBe(true);
      const { seen, ask } = relayUnderTest(ok, {}, budget);
      const large = { method: "POST", body: "x".repeat(200_000) };
      const headers = { "content-length": "200000" };
      const answer = await ask(`/api/public/${path}`, { ...large, headers });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await answer.json()).toMatchObject({ code: "overloaded" });
      expect(seen).toEqual([]);
      // A small one has room that is kept for such.
      expect(
        (
          await ask("/api/public/datasets", {
            ...large,
            body: "{}",
            headers: { "content-length": "2" },
          })
        ).status,
      ).toBe(200);
    },
  );

  it("larger than Langfuse takes count as what it takes: they are streams", async () => {
    const budget = new BodyBudget();
    const held: number[] = [];
    const { ask } = relayUnderTest(
      () => {
        held.push(budget.heldBytes);
        return ok();
      },
      {},
      budget,
    );
    expect((await ask(...upload("datasets", 50 * MEBI))).status).toBe(200);
    expect(held).toEqual([4.5 * MEBI]);
  });
});

it("a body that breaks off is no error of ours", async () => {
  const { seen, ask } = relayUnderTest(ok);
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  const init = { method: "POST", body, duplex: "half" } as const;
  const answer = await ask("/api/public/media", init);
  expect(answer.status).toBe(400);
  expect(seen).toEqual([]);
});
