import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RecordBody, StatusBody } from '../../src/api/types/bodies.ts';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { ago, counted, shown } from '../ground/words.ts';
import { deviceName } from '../queue/item-words.ts';
import { VirtualList } from '../ground/VirtualList.tsx';
import { RecordPast } from './RecordPast.tsx';
import { useRecords } from './use-records.ts';

const rowPx = 64;

/** What changed, by whom and from where; one of them with its versions. */
export function History({ status }: { readonly status: StatusBody | undefined }): JSX.Element {
  const { value, failure, reload } = useRecords(status);
  const devices = useLoaded<DeviceListBody>('/v1/devices', ['device.']).value;
  const [wanted, setWanted] = useState('');
  const [opened, setOpened] = useState<string>();
  if (value === undefined) {
    return <p class="empty">{failure ?? 'Reading what changed…'}</p>;
  }
  if (value.length === 0) {
    return (
      <p class="empty">
        Nothing has been written yet. What you link or follow under Engines is listed here, with every version.
      </p>
    );
  }
  const found = value.filter((record) => matches(record, wanted));
  const record = found.find((one) => keyOf(one) === opened) ?? found[0];
  return (
    <>
      <div class="search">
        <label>
          Search by name, collection or content
          <input type="search" value={wanted} onInput={({ currentTarget }) => setWanted(currentTarget.value)} />
        </label>
      </div>
      <div class={`queue ${opened === undefined ? '' : 'queue-open'}`}>
        <div class="queue-list">
          {found.length === 0 ? <p class="empty">Nothing is called so.</p> : null}
          <VirtualList
            label={counted(found.length, 'record')}
            items={found}
            keyOf={keyOf}
            rowPx={rowPx}
            at={record === undefined ? -1 : found.indexOf(record)}
            row={(one) => (
              <button
                type="button"
                class="queue-row"
                aria-current={one === record ? 'true' : undefined}
                onClick={() => setOpened(keyOf(one))}
              >
                <span class="queue-row-title">{shown(one.id)}</span>
                <span class="queue-row-about">
                  {one.state === 'tombstoned' ? <span class="tag">deleted</span> : null}
                  {one.collection} · {deviceName(devices, one.deviceId ?? '')} ·{' '}
                  {one.updatedAt === null ? '' : ago(one.updatedAt)}
                </span>
              </button>
            )}
          />
        </div>
        <div class="queue-pane">
          <button type="button" class="quiet back" onClick={() => setOpened(undefined)}>
            Back to the list
          </button>
          {record === undefined ? null : <RecordPast key={keyOf(record)} record={record} reload={reload} />}
        </div>
      </div>
    </>
  );
}

function keyOf({ collection, id }: RecordBody): string {
  return `${collection}/${id}`;
}

function matches(record: RecordBody, wanted: string): boolean {
  const words = wanted
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const text = `${keyOf(record)} ${JSON.stringify(record.fields)}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
