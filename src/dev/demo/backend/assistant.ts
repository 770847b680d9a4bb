// The simulated assistant: the same question always gets the same words. Pure. It must not pretend to
// be a language model, so it says what it is in its first sentence.
import answers from "./answers.json" with { type: "json" };

export const MODEL = answers.model;

/** The answer, word by word; one after the other they are its text. */
export function answerTo(question: string, assistant: string): string[] {
  const asked = question.toLowerCase();
  const known = answers.answers.find(({ about }) => about.some((word) => asked.includes(word)));
  const opening = answers.opening
    .replace("{question}", () => question)
    .replace("{assistant}", () => assistant);
  return wordsOf(`${opening} ${known?.text ?? answers.otherwise}`);
}

export const wordsOf = (text: string): string[] => text.match(/\S+\s*/g) ?? [];
