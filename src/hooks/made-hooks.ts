// The hooks of an author, with what the edge and the consumer need around them.
import type { logEvent } from "../log.ts";
import { type DeliveryHook, deliveryHook } from "./before-delivery.ts";
import { type StoreHook, storeHook } from "./before-store.ts";
import type { Hooks } from "./types.ts";

export interface MadeHooks {
  beforeStore?: StoreHook;
  beforeDelivery?: DeliveryHook;
}

export function madeHooks({ beforeStore, beforeDelivery }: Hooks, log: typeof logEvent): MadeHooks {
  return {
    ...(beforeStore && { beforeStore: storeHook(beforeStore, log) }),
    ...(beforeDelivery && { beforeDelivery: deliveryHook(beforeDelivery, log) }),
  };
}
