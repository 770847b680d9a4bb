// A module that is asked for by several at once.
import { expect, test, vi } from "vitest";
import { lazily } from "../../../../src/client/send/lazily.ts";

test("all that ask while it loads wait for one load, and go on in their order", async () => {
  const asked: PromiseWithResolvers<string>[] = [];
  const module = lazily(() => {
    const one = Promise.withResolvers<string>();
    asked.push(one);
    return one.promise;
  });
  const order: string[] = [];
  const first = module.load().then(() => order.push("first"));
  const second = module.load().then(() => order.push("second"));
  // A browser may answer a later question first.
  asked.at(-1)?.resolve("module");
  asked[0]?.resolve("module");
  await Promise.all([first, second]);
  expect(asked).toHaveLength(1);
  expect(order).toEqual(["first", "second"]);
  expect(module.ready).toBe("module");
});

test("the next question after a failure asks anew, and none is asked without a network", async () => {
  const ask = vi.fn<() => Promise<string>>();
  ask.mockRejectedValueOnce(new Error("lost")).mockResolvedValue("module");
  const module = lazily(ask);
  await expect(module.load()).rejects.toThrow("lost");
  vi.stubGlobal("navigator", { onLine: false });
  await expect(module.load()).rejects.toThrow("offline");
  vi.unstubAllGlobals();
  expect(ask).toHaveBeenCalledTimes(1);
  await expect(module.load()).resolves.toBe("module");
});
