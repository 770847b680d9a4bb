/** The value, or an error after so many ms. What is still under way then is left to itself. */
export async function within<T>(ms: number, work: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([late, (async () => work())()]);
  } finally {
    clearTimeout(timer);
  }
}
