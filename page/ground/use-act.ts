import { useState } from 'preact/hooks';
import type { Answer } from './answer.ts';
import { useHere } from './here.ts';

export interface Act {
  readonly isBusy: boolean;
  readonly failure: string | undefined;
  /** Does one thing, says that it is done, and keeps in words why it was not. Resolves with whether it was. */
  readonly run: (work: () => Promise<Answer<unknown>>, done: string) => Promise<boolean>;
}

export function useAct(): Act {
  const { say } = useHere();
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  return {
    ...{ isBusy, failure },
    async run(work, done) {
      setIsBusy(true);
      const answer = await work();
      setIsBusy(false);
      setFailure(answer.ok ? undefined : answer.words);
      say(answer.ok ? done : answer.words);
      return answer.ok;
    },
  };
}
