import { batchIdFromBytes, deviceIdFromBytes, scopeIdFromBytes } from '../../../src/base/ids.ts';
import type { DeviceMessage, RelayMessage } from '../../../src/sync/wire/messages.ts';

export const filled = (byte: number, size = 32): Uint8Array => new Uint8Array(size).fill(byte);
export const scopeId: ReturnType<typeof scopeIdFromBytes> = scopeIdFromBytes(filled(1));
export const deviceId: ReturnType<typeof deviceIdFromBytes> = deviceIdFromBytes(filled(2));
export const batchId: ReturnType<typeof batchIdFromBytes> = batchIdFromBytes(filled(3));

/** At least one of each type that a device sends. */
export const deviceMessages: readonly DeviceMessage[] = [
  {
    type: 'authenticate',
    version: 1,
    deviceId,
    signKey: filled(4),
    boxKey: filled(5),
    timeMs: 1_700_000_000_000,
    signature: filled(6, 64),
  },
  { type: 'mailbox_open', version: 1, mailbox: 'abcdefghijklmnop', bearer: filled(7) },
  { type: 'mailbox_put', slot: 6, body: filled(8, 16 * 1024) },
  { type: 'mailbox_delete' },
  { type: 'hello', scopeId, frontier: { [deviceId]: [3, batchId] }, logSequence: -1 },
  { type: 'append_entry', scopeId, sequence: 0, token: 'srt1_x', isNew: false, entry: filled(9, 200) },
  { type: 'append_entry', scopeId, sequence: 1, token: null, isNew: true, entry: filled(9, 200) },
  { type: 'push', scopeId, batches: [filled(1, 300), new Uint8Array(0), filled(2, 15_000)] },
  { type: 'seed', scopeId, deviceId, batches: [filled(1, 300), filled(2, 15_000)] },
  { type: 'received', scopeId, delivery: 9 },
  { type: 'whisper', scopeId, body: filled(3, 600) },
  { type: 'ping' },
];

/** At least one of each type that a relay sends. */
export const relayMessages: readonly RelayMessage[] = [
  { type: 'challenge', version: 1, nonce: filled(1) },
  { type: 'welcome', scopes: [{ scopeId, logSequence: 4 }] },
  { type: 'mailbox_opened' },
  { type: 'mailbox_message', slot: 1, body: filled(1, 10) },
  {
    type: 'state',
    scopeId,
    logSequence: 3,
    ownHead: [5, batchId],
    behind: { [deviceId]: 4 },
    entries: [filled(1, 100)],
  },
  { type: 'state', scopeId, logSequence: 3, ownHead: null, behind: {}, entries: [] },
  { type: 'entries', scopeId, from: 4, entries: [filled(1, 100)] },
  { type: 'entry_appended', scopeId, sequence: 4 },
  { type: 'deliver', scopeId, delivery: 1, caughtUp: true, batches: [] },
  { type: 'acknowledge', scopeId, sequence: 12 },
  { type: 'seeded', scopeId, deviceId, sequence: 12 },
  { type: 'error', code: 'E_QUOTA', message: 'full', scopeId: null, about: 'push' },
  { type: 'whispered', scopeId, body: filled(3, 600) },
  { type: 'left', scopeId, deviceId },
  { type: 'pong' },
];
