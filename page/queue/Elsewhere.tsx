import type { JSX } from 'preact';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { ElsewhereBody } from '../../src/api/types/reviews.ts';
import { counted } from '../ground/words.ts';
import { deviceName, givingCommand } from './item-words.ts';

interface ElsewhereProps {
  readonly elsewhere: readonly ElsewhereBody[];
  readonly devices: DeviceListBody | undefined;
}

/** What this device may not decide: in a line for each collection where it is decided, and how it would be here too. */
export function Elsewhere({ elsewhere, devices }: ElsewhereProps): JSX.Element {
  return (
    <>
      {elsewhere.map(({ collection, count, command, givers }) => (
        <p key={collection} class="elsewhere">
          {counted(count, 'item')} of {collection} {count === 1 ? 'is' : 'are'} decided on another device: this one
          lacks the authority. To decide here too, on{' '}
          {givers.map((id) => deviceName(devices, id)).join(' or ') || 'a device that administers this one'}:{' '}
          <code>{givingCommand(command, devices)}</code>
        </p>
      ))}
    </>
  );
}
