// A line to copy into a shell, where the project's keys are. The edge is this page's own.

export const command = (words: string): string =>
  `npx langfuse-edge ${words} --url ${location.origin}`;
