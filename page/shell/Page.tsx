import type { JSX } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { createApi } from '../ground/api.ts';
import { followEvents } from '../ground/events.ts';
import { type Here, HereContext } from '../ground/here.ts';
import { Door } from './Door.tsx';
import { Frame } from './Frame.tsx';

/** The page of one session: what all parts of it share, until the session ends. */
export function Page({ bearer }: { readonly bearer: string }): JSX.Element {
  const [ended, setEnded] = useState<string>();
  const [said, setSaid] = useState('');
  const say = useCallback((words: string) => setSaid(words), []);
  const here = useMemo<Here>(() => {
    const api = createApi(bearer, setEnded);
    return { api, say, events: followEvents(api) };
  }, [bearer]);

  if (ended !== undefined) {
    return <Door words={ended} />;
  }
  return (
    <HereContext.Provider value={here}>
      <Frame />
      <p class="aloud" role="status">
        {said}
      </p>
    </HereContext.Provider>
  );
}
