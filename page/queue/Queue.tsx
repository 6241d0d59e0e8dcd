import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { Elsewhere } from './Elsewhere.tsx';
import { QueueList } from './QueueList.tsx';
import { QueuePane } from './QueuePane.tsx';
import { waysOf } from './decisions.ts';
import { useDeciding } from './use-deciding.ts';
import { useKeys } from './use-keys.ts';
import { useQueue } from './use-queue.ts';
import { useSelection } from './use-selection.ts';

/** Everything that waits for the person: the list, and the one that is looked at. */
export function Queue(): JSX.Element {
  const queue = useQueue();
  const devices = useLoaded<DeviceListBody>('/v1/devices', ['device.']).value;
  const { items, elsewhere } = queue.value ?? { items: [], elsewhere: [] };
  const selection = useSelection(items);
  const deciding = useDeciding(selection, queue.reload);
  const heading = useRef<HTMLHeadingElement>(null);
  const { review } = deciding;

  useEffect(() => {
    if (selection.isOpen && review !== undefined) {
      heading.current?.focus();
    }
  }, [selection.isOpen, review?.id]);

  useKeys({
    j: selection.next,
    k: selection.previous,
    Enter: selection.open,
    Escape: selection.close,
    u: deciding.undo,
    ...Object.fromEntries(
      (review === undefined ? [] : waysOf(review)).map((way) => [way.key, () => deciding.choose(way)]),
    ),
  });

  if (queue.value === undefined) {
    return <p class="empty">{queue.failure ?? 'Reading what waits…'}</p>;
  }
  const pane = { items, item: selection.item, devices, deciding, heading };
  return (
    <div class={`queue ${selection.isOpen ? 'queue-open' : ''}`}>
      <p class="undo-bar" hidden={deciding.last === undefined}>
        <span>{deciding.last?.words}</span>
        <button type="button" onClick={deciding.undo} aria-keyshortcuts="u">
          Undo <kbd aria-hidden="true">u</kbd>
        </button>
      </p>
      <Elsewhere {...{ elsewhere, devices }} />
      {items.length === 0 ? (
        <NothingWaits />
      ) : (
        <>
          <QueueList {...{ items, devices, selection }} />
          <QueuePane {...pane} close={selection.close} later={selection.next} reload={queue.reload} />
        </>
      )}
    </div>
  );
}

function NothingWaits(): JSX.Element {
  return (
    <div class="empty">
      <p class="empty-title">Nothing waits for you.</p>
      <p>What another device or an agent changes, and what could run on this machine, is shown here before it holds.</p>
    </div>
  );
}
