// The object behind the embedded sink: it keeps what Langfuse would keep and tells what Langfuse
// would lose. One object, bounded, for development only. It has no timers and no network, and it
// must not be kinder than the contract.
import type { Api, Behaviour } from "./view/answers.ts";
import { DurableObject } from "cloudflare:workers";
import type { SinkCalls } from "./calls.ts";
import type { SinkRequest } from "./inspect/inspect.ts";
import { StandIn } from "./stand-in.ts";
import { SinkStore } from "./store.ts";

export class Sink extends DurableObject implements SinkCalls {
  readonly #standIn: StandIn;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    this.#standIn = new StandIn(new SinkStore(ctx.storage.sql), Date.now);
  }

  receive(request: SinkRequest) {
    return this.#standIn.receive(request);
  }

  traces(limit: number) {
    return this.#standIn.traces(limit);
  }

  trace(id: string) {
    return this.#standIn.trace(id);
  }

  findings() {
    return this.#standIn.findings();
  }

  requests() {
    return this.#standIn.requests();
  }

  clear() {
    return this.#standIn.clear();
  }

  behave(behaviour: Behaviour) {
    return this.#standIn.behave(behaviour);
  }

  behaviour() {
    return this.#standIn.behaviour();
  }

  nextBehaviour(api: Api) {
    return this.#standIn.nextBehaviour(api);
  }
}
