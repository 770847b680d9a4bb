// The command's end, as a number for programs. Published in docs/operations.md#the-command: numbers never change.

export const EXIT = {
  /** Done, and nothing is wrong. */
  ok: 0,
  /** The edge answered, and something is wrong there, or not all could be done. */
  attention: 1,
  /** The command line, or the environment, can't be used as it is. */
  usage: 2,
  /** The edge did not answer, or with something that is no edge's. */
  unreachable: 3,
  /** The edge refused the keys. */
  refused: 4,
  /** There is no such thing. */
  notFound: 5,
  /** `serve`: the machine, or what is on it, does not let it start. */
  cannotStart: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An end with words for the person who called. */
export class CommandError extends Error {
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string) {
    super(message);
    this.name = "CommandError";
    this.exit = exit;
  }
}
