/** Files worked on at a time: enough to share the waiting for a disk, few enough to leave descriptors to others. */
export const maximumConcurrency = 16;

/** Runs `work` on what `next` gives until it gives undefined, so many at a time; rejects when one does. */
export async function eachConcurrently<T>(
  concurrency: number,
  next: () => T | undefined,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let item = next(); item !== undefined; item = next()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
