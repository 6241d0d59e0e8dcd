/** Many calls in one turn of the event loop become one, with the first reason. */
export interface Coalesced {
  (reason: string): void;
  cancel(): void;
}

export function coalesce(work: (reason: string) => void): Coalesced {
  let planned: NodeJS.Immediate | undefined;
  const call = (reason: string): void => {
    planned ??= setImmediate(() => {
      planned = undefined;
      work(reason);
    });
  };
  const cancel = (): void => {
    if (planned !== undefined) {
      clearImmediate(planned);
      planned = undefined;
    }
  };
  return Object.assign(call, { cancel });
}
