import type { JSX } from 'preact';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { ago } from '../ground/words.ts';
import { authorName, titleOf } from './item-words.ts';

interface QueueRowProps {
  readonly item: ReviewBody;
  readonly devices: DeviceListBody | undefined;
  readonly isSelected: boolean;
  readonly select: () => void;
}

export function QueueRow({ item, devices, isSelected, select }: QueueRowProps): JSX.Element {
  const { title } = titleOf(item);
  return (
    <button type="button" class="queue-row" aria-current={isSelected ? 'true' : undefined} onClick={select}>
      <span class="queue-row-title">{title}</span>
      <span class="queue-row-about">
        {item.level === 'harmless' ? null : (
          <span class={`tag ${item.level === 'dangerous' ? 'tag-danger' : ''}`}>{tagOf(item)}</span>
        )}
        {item.collection} · {authorName(item, devices)} · {ago(item.createdAt)}
      </span>
    </button>
  );
}

function tagOf({ kind, level }: ReviewBody): string {
  return level === 'dangerous' ? 'may run' : kind === 'brake' ? 'mass change' : kind;
}
