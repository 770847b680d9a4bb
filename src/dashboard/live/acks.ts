// When a watcher tells the edge how far it has read: after so many messages, or a moment after the first. Pure.

export const ACK_AFTER_MESSAGES = 8;
export const ACK_AFTER_MS = 200;

export interface Acks {
  /** The last message that was read; 0: none. */
  read: number;
  acknowledged: number;
}

export const NOTHING_READ: Acks = { read: 0, acknowledged: 0 };

export function read(acks: Acks, n: number): Acks {
  return { ...acks, read: Math.max(acks.read, n) };
}

/** At once, where so many are unsaid. */
export const isDueNow = ({ read, acknowledged }: Acks): boolean =>
  read - acknowledged >= ACK_AFTER_MESSAGES;

export const isDueSoon = ({ read, acknowledged }: Acks): boolean => read > acknowledged;

export const acknowledged = ({ read }: Acks): Acks => ({ read, acknowledged: read });
