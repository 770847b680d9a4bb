/** Settles as the work does, or resolves after this time. */
export const within = <T>(ms: number, work: Promise<T>): Promise<T | void> =>
  Promise.race([work, new Promise<void>((resolve) => setTimeout(resolve, ms))]);
