// What the runtime holds while it is sent a great deal, told apart: the heap of the edge's isolate after
// a collection, which is judged, and beside it the process's resident memory and the number of open
// objects, which are the runtime's to choose (it keeps an object for a while, and freed memory for good).
// The heap is judged at rest: when the sessions have fallen silent and the runtime has let go of them,
// what is left is what the Worker itself keeps.
import { EDGE_ISOLATE, FRONT_ISOLATE, heapOf } from "../support/isolate-heap.ts";
import { memoryOf, openObjectsOf, runtimeOf } from "../support/runtime-memory.ts";
import { sendRaw } from "../support/raw-request.ts";
import type { World } from "../journey/attacks/world.ts";

export interface MemoryLook {
  requests: number;
  /** Nothing is sent, and the sessions are silent; else under load. */
  atRest: boolean;
  /** Of the edge's isolate, after a collection, MB. */
  heapMb: number;
  /** Open Durable Objects, the runtime's own ones too. */
  objects: number;
  /** Of the whole process, MB. */
  residentMb: number;
}

/** What may still fill between the rests: bounded memories (tokens, names), compiled code. */
const MARGIN_MB = 3;
/** So few objects that what they hold does not count. */
const FEW_OBJECTS = 24;
/** The last alarm of a session comes a minute after its last claim; then the runtime lets go of it. */
const REST_MS = 240_000;
const LOOK_MS = 1000;

export interface MemoryWatch {
  look: (requests: number) => Promise<MemoryLook>;
  /** Only while nothing is sent. */
  rest: (requests: number) => Promise<MemoryLook>;
}

/** Undefined where the world can't be looked into. */
export function memoryWatch({ edge }: World): MemoryWatch | undefined {
  const { inspector, url } = edge;
  if (inspector === undefined) return undefined;
  const runtime = runtimeOf(process.pid);
  const wake = () => sendRaw(url, { method: "GET", path: "/nothing" });
  const look = async (requests: number, atRest = false): Promise<MemoryLook> => {
    // Each request of the front's holds memory outside of any heap until it is collected.
    await heapOf(inspector, FRONT_ISOLATE, wake);
    const heapMb = await heapOf(inspector, EDGE_ISOLATE, wake);
    return {
      requests,
      atRest,
      heapMb: Math.round(heapMb * 10) / 10,
      objects: openObjectsOf(runtime),
      residentMb: memoryOf(runtime),
    };
  };
  return {
    look,
    rest: async (requests) => {
      for (let ms = 0; ms < REST_MS && openObjectsOf(runtime) > FEW_OBJECTS; ms += LOOK_MS) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      return look(requests, true);
    },
  };
}

/** What is not flat, in words. */
export function growthIn(looks: readonly MemoryLook[]): string[] {
  const rests = looks.filter(({ atRest }) => atRest);
  const [early, late] = [rests.at(0), rests.at(-1)];
  if (early === undefined || late === undefined) return [];
  const restless = rests.find(({ objects }) => objects > FEW_OBJECTS);
  if (restless !== undefined) return [`memory can't be judged, no rest: ${lookText(restless)}`];
  if (late.heapMb - early.heapMb <= MARGIN_MB) return [];
  return [`the Worker keeps more and more: ${lookText(early)}; ${lookText(late)}`];
}

export function lookText({ requests, atRest, heapMb, objects, residentMb }: MemoryLook): string {
  const when = `${requests} requests, ${atRest ? "at rest" : "under load"}`;
  return `${when}: heap ${heapMb} MB, ${objects} objects open, resident ${residentMb} MB`;
}
