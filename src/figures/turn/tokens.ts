// Tokens by kind, as Langfuse sums them up: each kind whose name has `input` in it, or `output`. Pure.
type Usage = Readonly<Record<string, number>> | undefined;

export function inputTokens(usage: Usage): number {
  return sumOf(usage, "input");
}

export function outputTokens(usage: Usage): number {
  return sumOf(usage, "output");
}

function sumOf(usage: Usage, word: string): number {
  const kinds = Object.entries(usage ?? {}).filter(([kind]) => kind.includes(word));
  return kinds.reduce((sum, [, count]) => sum + count, 0);
}
