import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Events } from './events.ts';

/** What every part of the page works with. */
export interface Here {
  readonly api: Api;
  readonly events: Events;
  /** Says a sentence to the person, aloud where a screen reader is used. */
  readonly say: (words: string) => void;
}

export const HereContext = createContext<Here | undefined>(undefined);

export function useHere(): Here {
  const here = useContext(HereContext);
  if (here === undefined) {
    throw new Error('believed: everything stands inside the page');
  }
  return here;
}
