import { utf8, viewOf } from '../../base/bytes.ts';
import type { DeviceId } from '../../base/ids.ts';
import { sha256 } from '../../crypto/hash.ts';

/** Client ids of our own making lie in [2^52, 2^53); editors draw theirs from 32 bits. */
const ownRange = 2 ** 52;
const runBits = 2 ** 32;
const deviceBits = 2 ** 20;

/**
 * The Yjs client id of a run of writes by one device that begins at a place (the process, and the record's heads): 1,
 * then 20 bits of the device, then 32 of the place, drawn again while the document knows it.
 *
 * A pair (client, clock) never means two things. Only this device makes ids with its bits, and receivers refuse them
 * from any other. Its own document holds all of its earlier runs, so a new run takes an id that is unused there, and a
 * run goes on only in the process that began it. A home that was restored from an old copy runs in another process than
 * the one that wrote what the copy lacks: the two begin at other places, although the heads are the same.
 */
export function runClientId(device: DeviceId, place: readonly string[], isUsed: (client: number) => boolean): number {
  for (let attempt = 0; ; attempt++) {
    const bits = viewOf(sha256(utf8([device, attempt, ...place].join('\n')))).getUint32(0);
    const client = ownRange + deviceBitsOf(device) * runBits + bits;
    if (!isUsed(client)) {
      return client;
    }
  }
}

/** True for an id that {@link runClientId} makes for some device. */
export function isRunClientId(client: number): boolean {
  return client >= ownRange;
}

/** True when `device` may bring new structs under this client id. */
export function mayUseClient(device: DeviceId, client: number): boolean {
  return !isRunClientId(client) || Math.floor((client - ownRange) / runBits) === deviceBitsOf(device);
}

function deviceBitsOf(device: DeviceId): number {
  return viewOf(sha256(utf8(device))).getUint32(0) % deviceBits;
}
