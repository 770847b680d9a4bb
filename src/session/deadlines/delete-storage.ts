// The end of an object: all that it stored is deleted, or it is woken to try again. An instance that could
// not delete must not write any more, since its storage differs from its memory: it is aborted.

/** A deletion that failed is tried again after this. */
const RETRY_MS = 60_000;

export async function deleteStorage(ctx: DurableObjectState): Promise<void> {
  try {
    await ctx.storage.deleteAll();
  } catch (error) {
    try {
      await ctx.storage.setAlarm(Date.now() + RETRY_MS);
    } finally {
      ctx.abort();
    }
    throw error;
  }
}
