// Storage that fails, on the platform.
import { runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import type { TestSession } from "../support.ts";

/** From now on the nth value that an object of this isolate puts fails, once. */
export function failPut(stub: ReturnType<TestSession["stub"]>, nth: number): Promise<void> {
  return runInDurableObject(stub, (_object, { storage }) => {
    const kv = Object.getPrototypeOf(storage.kv) as { put: (...args: unknown[]) => unknown };
    const real = kv.put;
    let puts = 0;
    vi.spyOn(kv, "put").mockImplementation(function put(this: unknown, ...args) {
      puts += 1;
      if (puts === nth) throw new Error("the storage failed");
      return real.apply(this, args);
    });
  });
}
