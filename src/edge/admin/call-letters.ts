// Calls of session objects about their dead letters, a few at a time. An object that does not answer costs only
// its own letters.
import { describeError } from "../../log.ts";
import type { DeadLetterCalls } from "../../protocol/books/dead-letter-calls.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import type { RequestLog } from "../request-log.ts";

/** Calls at once: objects are many, and a request has six connections. */
const AT_ONCE = 6;

export interface Called<Answer> {
  object: string;
  answer: Answer;
}

/** The answers of the objects that gave one; how many did not. What is no object has no dead letters. */
export async function callEach<Answer>(
  objects: Iterable<string>,
  call: (letters: DeadLetterCalls, object: string) => Promise<Answer>,
  { lettersOf }: Pick<EdgeDeps, "lettersOf">,
  log: RequestLog,
): Promise<{ answers: Called<Answer>[]; failed: number }> {
  const answers: Called<Answer>[] = [];
  let failed = 0;
  const rest = objects[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      const object = next.value;
      const letters = find(object, lettersOf);
      if (letters === undefined) continue;
      try {
        answers.push({ object, answer: await call(letters, object) });
      } catch (error) {
        failed += 1;
        log.error = describeError(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { answers, failed };
}

/** An id that the platform never gave is nobody's. */
function find(object: string, lettersOf: EdgeDeps["lettersOf"]): DeadLetterCalls | undefined {
  try {
    return lettersOf(object);
  } catch {
    return undefined;
  }
}
