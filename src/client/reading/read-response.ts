// The reader for a response, and the words of one that is an error.
import { type AnswerReader, createAnswerReader } from "../stream/reader.ts";
import { cut } from "./lent.ts";

/** The most of an HTTP error's own words that is kept, in UTF-16 units, and the time that they have. */
const MAX_ERROR_WORDS_LENGTH = 1000;
const ERROR_WORDS_MS = 1000;

/** A reader for what the response says that it is. */
export function readerOf({ headers }: Response): AnswerReader {
  const isAiSdk =
    headers.has("x-vercel-ai-data-stream") || headers.has("x-vercel-ai-ui-message-stream");
  return createAnswerReader(headers.get("content-type") ?? "", isAiSdk);
}

/** The own words of an answer that is an error; it is used up. Empty where there are none. */
async function errorWords(response: Response): Promise<string> {
  const reader = readerOf(response);
  const body = response.body?.getReader();
  const enough = (): void => void body?.cancel().catch(() => {});
  const timer = setTimeout(enough, ERROR_WORDS_MS);
  const decoder = new TextDecoder();
  let words = "";
  try {
    while (words.length < MAX_ERROR_WORDS_LENGTH) {
      const { value } = (await body?.read()) ?? {};
      if (!value) break;
      reader.read(value, 0);
      words += decoder.decode(value, { stream: true });
    }
    reader.end();
  } catch {
    // The words that came until then will do.
  }
  clearTimeout(timer);
  enough();
  return cut(reader.answered.error || words, MAX_ERROR_WORDS_LENGTH);
}

const statusOf = ({ status, statusText }: Response): string =>
  `HTTP ${status} ${statusText}`.trim();

/** The status of an answer that is an error, and the own words of its copy, which is used up. */
export async function messageOf(response: Response, copy?: Response): Promise<string> {
  const words = copy && (await errorWords(copy).catch(() => {}));
  return words ? `${statusOf(response)}: ${words}` : statusOf(response);
}
