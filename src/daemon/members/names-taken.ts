import type { DeviceId } from '../../base/ids.ts';
import { maximumLabelBytes, parseLabel } from '../../membership/parse/labels.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import type { Replica } from '../../replica/port.ts';
import { travelling } from '../keys/scope-names.ts';

/** As many characters of an id as name a device. */
export const shortestPart = 6;

/** The id of a device without its prefix. */
export function ownPart(deviceId: string): string {
  return deviceId.slice(deviceId.lastIndexOf(':') + 1);
}

/** The shortest beginning of each id that a person can name it by, and that no other of them has. */
export function beginningsOf(deviceIds: readonly string[]): readonly string[] {
  const parts = deviceIds.map(ownPart);
  return parts.map((part) => {
    let length = shortestPart;
    while (length < part.length && parts.some((other) => other !== part && other.startsWith(part.slice(0, length)))) {
      length += 1;
    }
    return part.slice(0, length);
  });
}

/** The device that is called so in a scope that is held here, another than the one that asks; a revoked one is not. */
export function holderOfName(
  replica: Pick<Replica, 'scopes'>,
  labelOf: (deviceId: string) => string,
  name: string,
  asking: DeviceId,
): DeviceId | undefined {
  return travelling(replica)
    .flatMap(activeMembers)
    .find(({ deviceId }) => deviceId !== asking && labelOf(deviceId) === name)?.deviceId;
}

/** The name itself where it is free, else with the first number behind it that is: `laptop 2`. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  let free = name;
  for (let number = 2; isTaken(free); number++) {
    free = numbered(name, number);
  }
  return free;
}

/** A name that leaves no room for the number is cut at its end. */
function numbered(name: string, number: number): string {
  const characters = [...name];
  let label = `${name} ${number}`;
  while (Buffer.byteLength(label) > maximumLabelBytes || parseLabel(label) === undefined) {
    characters.pop();
    label = `${characters.join('')} ${number}`;
  }
  return label;
}
