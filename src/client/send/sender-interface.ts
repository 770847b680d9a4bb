// The way of actions to the edge, as `LangfuseProxy` uses it.
import type { Who } from "./who.ts";
import type { Result } from "../types.ts";

export interface Sender {
  /** The identity whose actions are sent; what is not known yet is missing. */
  who(): Who;
  /**
   * Queues an action; it waits at most so long for company, ms; with Infinity for what goes next.
   * Resolves with what the edge said, or that it has not said anything yet.
   */
  push(action: string, data: object, hold?: number): Promise<Result>;
  /**
   * Sends what waits, as soon as the network and the request under way allow. `anyway`: the page or
   * the network is back, so that there may be more to send than what waits here.
   */
  flush(anyway?: boolean): void;
  /** The page may be gone at once, and never come back. */
  onHide(): void;
  /** The user has gone: one last try, nothing is kept. */
  end(): void;
}
