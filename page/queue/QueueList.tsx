import type { JSX } from 'preact';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { VirtualList } from '../ground/VirtualList.tsx';
import { counted } from '../ground/words.ts';
import { QueueRow } from './QueueRow.tsx';
import type { Selection } from './use-selection.ts';

interface QueueListProps {
  readonly items: readonly ReviewBody[];
  readonly devices: DeviceListBody | undefined;
  readonly selection: Selection;
}

const rowPx = 64;

export function QueueList({ items, devices, selection }: QueueListProps): JSX.Element {
  return (
    <div class="queue-list">
      <VirtualList
        label={counted(items.length, 'thing waits', 'things wait')}
        items={items}
        keyOf={({ id }) => id}
        rowPx={rowPx}
        at={selection.at}
        row={(item, at) => (
          <QueueRow
            item={item}
            devices={devices}
            isSelected={at === selection.at}
            select={() => selection.choose(at)}
          />
        )}
      />
      <p class="keys" aria-hidden="true">
        <kbd>j</kbd> <kbd>k</kbd> move · <kbd>enter</kbd> open · <kbd>u</kbd> undo
      </p>
    </div>
  );
}
