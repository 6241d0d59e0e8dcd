/** Work that waits its turn by its size: what is small never waits for what is large and has not begun. */
export interface SmallestFirst {
  run<T>(size: number, work: () => Promise<T>): Promise<T>;
}

export function createSmallestFirst(atOnce: number): SmallestFirst {
  const waiting: { readonly size: number; readonly begin: () => void }[] = [];
  let running = 0;

  function next(): void {
    if (running < atOnce) {
      waiting.shift()?.begin();
    }
  }

  return {
    run: (size, work) =>
      new Promise((resolve, reject) => {
        const begin = (): void => {
          running++;
          work()
            .then(resolve, reject)
            .finally(() => {
              running--;
              next();
            });
        };
        const place = waiting.findIndex((one) => one.size > size);
        waiting.splice(place < 0 ? waiting.length : place, 0, { size, begin });
        next();
      }),
  };
}
