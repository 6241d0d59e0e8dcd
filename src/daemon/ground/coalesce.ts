/** Many calls in quick succession become one, with the first reason. */
export interface Coalesced {
  (reason: string): void;
  cancel(): void;
}

export function coalesce(delayMs: number, work: (reason: string) => void): Coalesced {
  let planned: NodeJS.Timeout | undefined;
  const call = (reason: string): void => {
    planned ??= setTimeout(() => {
      planned = undefined;
      work(reason);
    }, delayMs);
  };
  const cancel = (): void => {
    if (planned !== undefined) {
      clearTimeout(planned);
      planned = undefined;
    }
  };
  return Object.assign(call, { cancel });
}
