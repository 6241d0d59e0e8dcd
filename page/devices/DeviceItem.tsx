import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import { ago, roleText, shortId, shown } from '../ground/words.ts';
import { Revoke } from './Revoke.tsx';
import { onlineText, standingText } from './standing.ts';

interface DeviceItemProps {
  readonly device: DeviceListBody['items'][number];
  readonly status: StatusBody | undefined;
  /** This device administers what all of them share. */
  readonly mayRevoke: boolean;
  readonly reload: () => void;
}

export function DeviceItem({ device, status, mayRevoke, reload }: DeviceItemProps): JSX.Element {
  const { deviceId, label, self, revoked } = device;
  const [isRevoking, setIsRevoking] = useState(false);
  const name = label === '' ? shortId(deviceId) : shown(label);
  return (
    <li class={revoked ? 'off' : ''}>
      <h3>
        {name}
        {self ? <span class="quiet-text"> · this device</span> : null}
      </h3>
      <div class="things-act">
        {self || revoked || !mayRevoke ? null : (
          <button type="button" onClick={() => setIsRevoking(true)}>
            Revoke…<span class="aloud"> {name}</span>
          </button>
        )}
      </div>
      <p>
        {standing(device, status)} <code class="quiet-text">{shortId(deviceId)}</code>
      </p>
      {isRevoking ? (
        <Revoke
          {...{ deviceId, name }}
          leave={() => {
            setIsRevoking(false);
            reload();
          }}
        />
      ) : null}
    </li>
  );
}

function standing(
  { deviceId, role, self, revoked, lastSeenAt }: DeviceItemProps['device'],
  status: StatusBody | undefined,
): string {
  if (revoked) {
    return 'Revoked: nothing that it writes counts any more.';
  }
  const seen = lastSeenAt === null ? 'It has written nothing yet.' : `Last seen ${ago(lastSeenAt)}.`;
  const known = status === undefined ? [] : [self ? onlineText(status) : standingText(deviceId, status)];
  return [...known, ...(self ? [] : [seen]), roleText(role)].filter((text) => text !== '').join(' ');
}
