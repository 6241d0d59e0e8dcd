import type { JSX } from 'preact';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import { Problem } from '../ground/Problem.tsx';
import { useLoaded } from '../ground/use-loaded.ts';
import { administers, whoAdministers } from './administrators.ts';
import { DeviceItem } from './DeviceItem.tsx';
import { Pairing } from './Pairing.tsx';

/** Who belongs to this home, and how another comes to it. */
export function Devices({ status }: { readonly status: StatusBody | undefined }): JSX.Element {
  const { value, failure, reload } = useLoaded<DeviceListBody>('/v1/devices', ['device.', 'key.']);
  if (value === undefined) {
    return <p class="empty">{failure ?? 'Reading the devices…'}</p>;
  }
  const ordered = value.items.toSorted(
    (one, other) => Number(other.self) - Number(one.self) || Number(one.revoked) - Number(other.revoked),
  );
  const isAdmin = administers(value);
  return (
    <>
      <section class="block" aria-label="devices">
        {value.items.length < 2 ? (
          <p class="empty">This is the only device. Pair another one, and both have the same.</p>
        ) : null}
        <ul class="things">
          {ordered.map((device) => (
            <DeviceItem key={device.deviceId} device={device} status={status} mayRevoke={isAdmin} reload={reload} />
          ))}
        </ul>
        <Problem words={failure} />
      </section>
      {isAdmin ? <Pairing /> : <p class="quiet-text">{whoAdministers(value)}</p>}
    </>
  );
}
