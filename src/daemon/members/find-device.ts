import type { ControlFault } from '../../api/ports/fault.ts';
import type { DeviceId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import type { Replica } from '../../replica/port.ts';
import { travelling } from '../keys/scope-names.ts';
import { beginningsOf, ownPart, shortestPart } from './names-taken.ts';

/**
 * The one device that a person means: by its id, by six or more characters at the start or end of it, or by its label. A revoked
 * device is named by what no other one has.
 */
export function findDevice(
  replica: Pick<Replica, 'scopes'>,
  labelOf: (deviceId: string) => string,
  text: string,
): Result<DeviceId, ControlFault> {
  const known = new Set(replica.scopes().flatMap(({ state, local }) => (local ? [] : [...state.members.keys()])));
  const meant = [...known].filter((deviceId) => isMeant(deviceId, labelOf(deviceId), text));
  const active = new Set(
    travelling(replica)
      .flatMap(activeMembers)
      .map(({ deviceId }) => deviceId),
  );
  const stillMembers = meant.filter((deviceId) => active.has(deviceId));
  // The name of a revoked device is free for another one, which is meant by it from then on.
  const found = stillMembers.length === 0 ? meant : stillMembers;
  const [first] = found;
  if (first === undefined) {
    return err({ kind: 'not_found', message: `No device is called ${text}. See: sourcesync devices ls` });
  }
  return found.length === 1
    ? ok(first)
    : err({
        kind: 'invalid',
        message: `${found.length} devices are called ${text}. Name one by the beginning of its id: ${beginningsOf(found).join(', ')}.`,
      });
}

function isMeant(deviceId: DeviceId, label: string, text: string): boolean {
  if (deviceId === text || label === text) {
    return true;
  }
  const own = ownPart(deviceId);
  return text.length >= shortestPart && (own.startsWith(text) || own.endsWith(text));
}
