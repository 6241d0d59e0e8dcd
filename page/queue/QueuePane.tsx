import type { JSX, RefObject } from 'preact';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { useHere } from '../ground/here.ts';
import { Harmless } from './Harmless.tsx';
import { ReviewPane } from './ReviewPane.tsx';
import { harmlessBeside } from './decisions.ts';
import type { Deciding } from './use-deciding.ts';

interface QueuePaneProps {
  readonly items: readonly ReviewBody[];
  readonly item: ReviewBody | undefined;
  readonly devices: DeviceListBody | undefined;
  readonly deciding: Deciding;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly close: () => void;
  readonly later: () => void;
  readonly reload: () => void;
}

/** The item that is looked at, and what may be decided together with it. */
export function QueuePane({ items, item, close, reload, deciding, ...shown }: QueuePaneProps): JSX.Element {
  const { say } = useHere();
  const beside = item === undefined ? [] : harmlessBeside(items, item);
  const done = (words: string, taken: readonly ReviewBody[]): void => {
    say(words);
    if (taken.length > 0) {
      deciding.decided({ ids: taken.map(({ id }) => id), words });
    }
    reload();
  };
  return (
    <div class="queue-pane">
      <button type="button" class="quiet back" onClick={close}>
        Back to the list
      </button>
      {beside.length > 1 ? <Harmless items={beside} done={done} /> : null}
      {deciding.review === undefined ? (
        <p class="empty">{deciding.notice ?? 'Reading it…'}</p>
      ) : (
        <ReviewPane {...deciding} {...shown} review={deciding.review} />
      )}
    </div>
  );
}
