import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Answer } from './answer.ts';
import { useHere } from './here.ts';

export interface Loaded<T> {
  /** The last that was read; stays while it is read again, so that nothing flickers. */
  readonly value: T | undefined;
  /** Why it could not be read the last time. */
  readonly failure: string | undefined;
  readonly reload: () => void;
}

/** Reads a path now and whenever an event of these types happens. */
export function useLoaded<T>(path: string, types: readonly string[]): Loaded<T> {
  const { api } = useHere();
  return useRead(async () => api.get<T>(path), path, types);
}

/** The same of anything that is read by several calls; `key` says when it is another question. */
export function useRead<T>(read: () => Promise<Answer<T>>, key: string, types: readonly string[]): Loaded<T> {
  const { events } = useHere();
  const [state, setState] = useState<{ readonly key: string; readonly answer: Answer<T> | undefined }>();
  const underWay = useRef<{ readonly key: string; isWantedAgain: boolean }>(undefined);
  const reading = useRef(read);
  reading.current = read;

  const reload = useCallback(() => {
    // However much happens, one is under way, and one more when it has come.
    if (underWay.current?.key === key) {
      underWay.current.isWantedAgain = true;
      return;
    }
    const mine = { key, isWantedAgain: false };
    underWay.current = mine;
    void reading.current().then((answer) => {
      // Another question may have been asked meanwhile.
      if (underWay.current === mine) {
        underWay.current = undefined;
        setState({ key, answer });
        if (mine.isWantedAgain) {
          reload();
        }
      }
    });
  }, [key]);

  useEffect(() => {
    reload();
    const ends = [events.listen(types, reload), events.whenHeard((isHeard) => isHeard && reload())];
    return () => ends.forEach((end) => end());
  }, [key]);

  const answer = state?.key === key ? state.answer : undefined;
  const kept = useRef<{ readonly key: string; readonly value: T }>(undefined);
  if (answer?.ok === true) {
    kept.current = { key, value: answer.value };
  }
  return {
    value: kept.current?.key === key ? kept.current.value : undefined,
    failure: answer?.ok === false ? answer.words : undefined,
    reload,
  };
}
