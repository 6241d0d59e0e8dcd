import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { useHere } from '../ground/here.ts';
import { counted } from '../ground/words.ts';
import { takeAll } from './decide.ts';
import { titleOf } from './item-words.ts';

interface HarmlessProps {
  readonly items: readonly ReviewBody[];
  readonly done: (words: string, taken: readonly ReviewBody[]) => void;
}

const previewed = 12;

/** Harmless changes of one author, in one stroke, once they were looked through. */
export function Harmless({ items, done }: HarmlessProps): JSX.Element {
  const { api } = useHere();
  const [isBusy, setIsBusy] = useState(false);
  const take = async (): Promise<void> => {
    setIsBusy(true);
    const { taken, words = '' } = await takeAll(api, items);
    setIsBusy(false);
    done(`Took ${counted(taken.length, 'change')}. ${words}`.trim(), taken);
  };
  return (
    <details class="harmless">
      <summary>{counted(items.length, 'change')} of this author here are harmless: take them together</summary>
      <ul>
        {items.slice(0, previewed).map((item) => (
          <li key={item.id}>{titleOf(item).title}</li>
        ))}
        {items.length > previewed ? <li>and {items.length - previewed} more</li> : null}
      </ul>
      <button type="button" disabled={isBusy} onClick={() => void take()}>
        Take all {items.length}
      </button>
    </details>
  );
}
