/** Many calls in quick succession become one, with the first reason. */
export interface Coalesced {
  (reason: string): void;
  /** Whether a call was planned, which does not happen any more. */
  cancel(): boolean;
}

export function coalesce(delayMs: number, work: (reason: string) => void): Coalesced {
  let planned: NodeJS.Timeout | undefined;
  const call = (reason: string): void => {
    planned ??= setTimeout(() => {
      planned = undefined;
      work(reason);
    }, delayMs);
  };
  const cancel = (): boolean => {
    if (planned === undefined) {
      return false;
    }
    clearTimeout(planned);
    planned = undefined;
    return true;
  };
  return Object.assign(call, { cancel });
}
