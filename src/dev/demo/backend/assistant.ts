// The simulated assistant: the same question always gets the same words. Pure. It must not pretend to
// be a language model, so it says what it is in its first sentence.
import answers from "./answers.json" with { type: "json" };

export const MODEL = answers.model;
/** The tool that it calls, and its input. */
export const TOOL = { name: answers.tool.name, input: { zone: "UTC" } };

const { opening: TONES } = answers;
const openingOf = (tone: string | undefined): string =>
  tone === "friendly" ? TONES.friendly : TONES.plain;

/** Whether the question is one for the tool. */
export const needsTool = (question: string): boolean => isAbout(question, answers.tool.about);

/** The answer, word by word; one after the other they are its text. `time`: what the tool said. */
export function answerTo(
  question: string,
  assistant: string,
  { tone, time = "" }: { tone?: string | undefined; time?: string | undefined } = {},
): string[] {
  const known = answers.answers.find(({ about }) => isAbout(question, about));
  const opening = openingOf(tone)
    .replace("{question}", () => question)
    .replace("{assistant}", () => assistant);
  const text = needsTool(question)
    ? answers.tool.text.replace("{time}", () => time)
    : (known?.text ?? answers.otherwise);
  return wordsOf(`${opening} ${text}`);
}

function isAbout(question: string, words: readonly string[]): boolean {
  const asked = question.toLowerCase();
  return words.some((word) => asked.includes(word));
}

export const wordsOf = (text: string): string[] => text.match(/\S+\s*/g) ?? [];
