// What the page with Anthropic's SDK offers to tests: `anthropic`, a global of the page.
export interface AnthropicLab {
  /** The answer, after all tools. */
  ask: (message: string) => Promise<string>;
}

declare global {
  // oxlint-disable-next-line no-var -- the only way to declare a global
  var anthropic: AnthropicLab;
}
