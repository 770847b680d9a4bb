// The load generator, a process of its own. Open loop: a request leaves when it is due, whatever
// became of those before it, and its latency counts from when it was due; so a slow answer can't hide
// the requests that would have met it (coordinated omission).
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { answerCalls } from "../hosts/child.ts";
import { type Authorize, authorizer, ORIGIN } from "./credentials.ts";
import { Histogram } from "./histogram.ts";
import type { LoadResult, Plan } from "./plan.ts";
import { type Send, workload } from "./workloads.ts";

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type LoadCalls = { run(plan: Plan): Promise<LoadResult> };

const PATH = "/api/langfuse/trace";
/** A request that takes longer has failed. */
const PATIENCE_MS = 30_000;
/** A closed client that a session holds back comes again so late, with the same actions. */
const HELD_BACK_MS = 50;
/** Timers are good to about a millisecond; what is due sooner is waited for turn by turn. */
const TIMER_MS = 1.5;

class Run {
  readonly #plan: Plan;
  readonly #next: () => Send;
  readonly #authorize: Authorize;
  readonly #latency = new Histogram();
  readonly #late = new Histogram();
  readonly #agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  };
  #requests = 0;
  #actions = 0;
  #observations = 0;
  #failed = 0;
  #failure: string | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#next = workload(plan);
    this.#authorize = authorizer(plan.access);
  }

  async run(): Promise<LoadResult> {
    const began = performance.now();
    const { pace } = this.#plan;
    if (pace.kind === "open") await this.#open(pace.perSecond, pace.seconds);
    else await this.#closed(pace.clients, pace.seconds, pace.requests ?? Number.POSITIVE_INFINITY);
    const seconds = (performance.now() - began) / 1000;
    this.#agents.http.destroy();
    this.#agents.https.destroy();
    return {
      latency: this.#latency.latency(),
      requests: this.#requests,
      actions: this.#actions,
      observations: this.#observations,
      failed: this.#failed,
      ...(this.#failure !== undefined && { failure: this.#failure }),
      seconds,
      lateP99: this.#late.percentile(99),
    };
  }

  async #open(perSecond: number, seconds: number): Promise<void> {
    const sent: Promise<void>[] = [];
    const began = performance.now();
    const total = Math.max(1, Math.round(perSecond * seconds));
    for (let n = 0; n < total; n += 1) {
      const due = began + (n * 1000) / perSecond;
      const send = this.#next();
      await until(due);
      sent.push(this.#follow(send, due));
    }
    await Promise.all(sent);
  }

  async #follow(first: Send, firstDue: number): Promise<void> {
    let send: Send | undefined = first;
    let due = firstDue;
    while (send !== undefined) {
      this.#late.record(performance.now() - due);
      const answered = this.#send(send, due);
      const { next }: Send = send;
      if (next === undefined) return answered;
      due += next.afterMs;
      await Promise.all([answered, until(due)]);
      send = next.send;
    }
  }

  async #closed(clients: number, seconds: number, requests: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    let left = requests;
    const client = async (): Promise<void> => {
      while (performance.now() < end && left > 0) {
        left -= 1;
        let send: Send | undefined = this.#next();
        while (send !== undefined) {
          await this.#send(send, performance.now(), true);
          send = send.next?.send;
        }
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  async #send(send: Send, due: number, patient = false): Promise<void> {
    this.#requests += 1;
    let failure = await this.#post(send);
    const until = performance.now() + (patient ? PATIENCE_MS : 0);
    while (isHeldBack(failure) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, HELD_BACK_MS));
      failure = await this.#post(send);
    }
    if (send.measured) this.#latency.record(performance.now() - due);
    if (failure === undefined) {
      this.#actions += send.actions;
      this.#observations += send.observations;
    } else {
      this.#failed += 1;
      this.#failure ??= failure;
    }
  }

  /** Why it failed, in a few words. */
  #post({ key, body }: Send): Promise<string | undefined> {
    const { url, access } = this.#plan;
    const secure = url.startsWith("https:");
    const authorization = this.#authorize(key);
    const options = {
      method: "POST",
      agent: secure ? this.#agents.https : this.#agents.http,
      timeout: PATIENCE_MS,
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        "x-bench-key": key,
        // A secret key beside an Origin is refused: it came from a server then.
        ...(access.kind === "token" && { origin: ORIGIN }),
        ...(authorization !== undefined && { authorization }),
      },
    };
    return new Promise((resolve) => {
      const fail = (error: Error): void => resolve(error.message);
      const outgoing = (secure ? httpsRequest : httpRequest)(`${url}${PATH}`, options, (answer) => {
        let text = "";
        answer.on("data", (chunk: Buffer) => {
          if (answer.statusCode !== 200) text += chunk.toString();
        });
        answer.on("end", () =>
          resolve(
            answer.statusCode === 200 ? undefined : `${answer.statusCode} ${text.slice(0, 300)}`,
          ),
        );
        answer.on("error", fail);
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer")));
      outgoing.on("error", fail);
      outgoing.end(body);
    });
  }
}

/** The session took nothing, since more waits in it than it may hold: the time this takes is what counts. */
const isHeldBack = (failure: string | undefined): boolean =>
  failure !== undefined && failure.startsWith("429") && failure.includes('"session_full"');

async function until(due: number): Promise<void> {
  const wait = due - performance.now() - TIMER_MS;
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  // Turn by turn, so that answers are read in between.
  while (performance.now() < due) await new Promise((resolve) => setImmediate(resolve));
}

const calls: LoadCalls = { run: (plan) => new Run(plan).run() };
answerCalls(calls);
