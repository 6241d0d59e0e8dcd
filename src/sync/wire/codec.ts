import { base64urlFromBytes as text } from '../../base/bytes.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Frame, type FrameFault, decodeFrame, encodeFrame } from './frame.ts';
import { type HeadReader, createHeadReader } from './head-reader.ts';
import { maximumEntryBytes, maximumSlot, maximumSlotBytes, maximumWhisperBytes } from './limits.ts';
import type { DeviceMessage, RelayMessage } from './messages.ts';

/** Types of the two directions share no number: a message sent back to its kind of sender is unknown there. */
const deviceTypes = {
  authenticate: 1,
  mailbox_open: 2,
  mailbox_put: 3,
  mailbox_delete: 4,
  hello: 5,
  append_entry: 6,
  push: 7,
  received: 8,
  ping: 9,
  seed: 10,
  whisper: 11,
} as const satisfies Record<DeviceMessage['type'], number>;

const relayTypes = {
  challenge: 65,
  welcome: 66,
  mailbox_opened: 67,
  mailbox_message: 68,
  state: 69,
  entries: 70,
  entry_appended: 71,
  deliver: 72,
  acknowledge: 73,
  error: 74,
  pong: 75,
  seeded: 76,
  whispered: 77,
  left: 78,
} as const satisfies Record<RelayMessage['type'], number>;

const deviceTypeByNumber = inverse<DeviceMessage['type']>(deviceTypes);
const relayTypeByNumber = inverse<RelayMessage['type']>(relayTypes);
const longestText = 512;
const longestToken = 128;
const maximumLogSequence = 0xffff_ffff;

export function encodeMessage(message: DeviceMessage | RelayMessage): Uint8Array {
  const type = message.type in deviceTypes ? deviceTypes[message.type as never] : relayTypes[message.type as never];
  return encodeFrame({ type, head: headOf(message), blobs: blobsOf(message) });
}

/** What a relay reads. Blobs are views of `bytes`. Never throws on input. */
export function decodeDeviceMessage(bytes: Uint8Array): Result<DeviceMessage, FrameFault> {
  return decode(bytes, deviceTypeByNumber, readDeviceMessage);
}

/** What a device reads. Blobs are views of `bytes`. Never throws on input. */
export function decodeRelayMessage(bytes: Uint8Array): Result<RelayMessage, FrameFault> {
  return decode(bytes, relayTypeByNumber, readRelayMessage);
}

type Read<T extends string, M> = (type: T, head: HeadReader, blobs: readonly Uint8Array[]) => M | string;

function decode<T extends string, M>(
  bytes: Uint8Array,
  types: ReadonlyMap<number, T>,
  read: Read<T, M>,
): Result<M, FrameFault> {
  const type = types.get(bytes[0] ?? 0);
  if (type === undefined) {
    return err({ kind: 'unknown_type', message: `unknown message type ${bytes[0] ?? 'none'}` });
  }
  const frame: Result<Frame, FrameFault> = decodeFrame(bytes);
  if (!frame.ok) {
    return frame;
  }
  const reader = createHeadReader(frame.value.head);
  const message = read(type, reader, frame.value.blobs);
  if (!reader.finish()) {
    const field = reader.failed === undefined ? 'a field that is not known' : `no valid "${reader.failed}"`;
    return err({ kind: 'malformed', message: `${type}: the head has ${field}` });
  }
  return typeof message === 'string' ? err({ kind: 'malformed', message: `${type}: ${message}` }) : ok(message);
}

function readDeviceMessage(
  type: DeviceMessage['type'],
  head: Pick<HeadReader, 'integer' | 'text' | 'textOrNull' | 'flag' | 'bytes' | 'scopeId' | 'deviceId' | 'frontier'>,
  blobs: readonly Uint8Array[],
): DeviceMessage | string {
  switch (type) {
    case 'authenticate':
      return without(blobs, {
        type,
        version: head.integer('version', 0, 0xffff),
        deviceId: head.deviceId('deviceId'),
        signKey: head.bytes('signKey', 32),
        boxKey: head.bytes('boxKey', 32),
        timeMs: head.integer('timeMs', 0),
        signature: head.bytes('signature', 64),
      });
    case 'mailbox_open':
      return without(blobs, {
        type,
        version: head.integer('version', 0, 0xffff),
        mailbox: head.text('mailbox', longestText),
        bearer: head.bytes('bearer', 32),
      });
    case 'mailbox_put': {
      const slot = head.integer('slot', 1, maximumSlot);
      return single(blobs, maximumSlotBytes, (body) => ({ type, slot, body }));
    }
    case 'hello':
      return without(blobs, {
        type,
        scopeId: head.scopeId('scopeId'),
        frontier: head.frontier('frontier'),
        logSequence: head.integer('logSequence', -1, maximumLogSequence),
      });
    case 'append_entry': {
      const scopeId = head.scopeId('scopeId');
      const sequence = head.integer('sequence', 0, maximumLogSequence);
      const token = head.textOrNull('token', longestToken);
      if (token !== null && sequence !== 0) {
        return 'a token goes with sequence 0 alone';
      }
      const isNew = head.flag('isNew');
      return single(blobs, maximumEntryBytes, (entry) => ({ type, scopeId, sequence, token, isNew, entry }));
    }
    case 'push':
      return { type, scopeId: head.scopeId('scopeId'), batches: blobs };
    case 'seed':
      return { type, scopeId: head.scopeId('scopeId'), deviceId: head.deviceId('deviceId'), batches: blobs };
    case 'whisper': {
      const scopeId = head.scopeId('scopeId');
      return single(blobs, maximumWhisperBytes, (body) => ({ type, scopeId, body }));
    }
    case 'received':
      return without(blobs, { type, scopeId: head.scopeId('scopeId'), delivery: head.integer('delivery', 1) });
    case 'mailbox_delete':
    case 'ping':
      return without(blobs, { type });
  }
}

function readRelayMessage(
  type: RelayMessage['type'],
  head: HeadReader,
  blobs: readonly Uint8Array[],
): RelayMessage | string {
  switch (type) {
    case 'challenge':
      return without(blobs, { type, version: head.integer('version', 0, 0xffff), nonce: head.bytes('nonce', 32) });
    case 'welcome':
      return without(blobs, { type, scopes: head.scopes('scopes') });
    case 'mailbox_message': {
      const slot = head.integer('slot', 1, maximumSlot);
      return single(blobs, maximumSlotBytes, (body) => ({ type, slot, body }));
    }
    case 'state':
      return {
        type,
        scopeId: head.scopeId('scopeId'),
        logSequence: head.integer('logSequence', 0, maximumLogSequence),
        ownHead: head.ownHead('ownHead'),
        behind: head.behind('behind'),
        entries: blobs,
      };
    case 'entries':
      return {
        type,
        scopeId: head.scopeId('scopeId'),
        from: head.integer('from', 0, maximumLogSequence),
        entries: blobs,
      };
    case 'entry_appended':
      return without(blobs, {
        type,
        scopeId: head.scopeId('scopeId'),
        sequence: head.integer('sequence', 0, maximumLogSequence),
      });
    case 'deliver':
      return {
        type,
        scopeId: head.scopeId('scopeId'),
        delivery: head.integer('delivery', 1),
        caughtUp: head.flag('caughtUp'),
        batches: blobs,
      };
    case 'acknowledge':
      return without(blobs, { type, scopeId: head.scopeId('scopeId'), sequence: head.integer('sequence', 0) });
    case 'seeded':
      return without(blobs, {
        type,
        scopeId: head.scopeId('scopeId'),
        deviceId: head.deviceId('deviceId'),
        sequence: head.integer('sequence', 1),
      });
    case 'whispered': {
      const scopeId = head.scopeId('scopeId');
      return single(blobs, maximumWhisperBytes, (body) => ({ type, scopeId, body }));
    }
    case 'left':
      return without(blobs, { type, scopeId: head.scopeId('scopeId'), deviceId: head.deviceId('deviceId') });
    case 'error':
      return without(blobs, {
        type,
        code: head.errorCode('code'),
        message: head.text('message', longestText),
        scopeId: head.scopeIdOrNull('scopeId'),
        about: head.errorSubject('about'),
      });
    case 'mailbox_opened':
    case 'pong':
      return without(blobs, { type });
  }
}

function without<M>(blobs: readonly Uint8Array[], message: M): M | string {
  return blobs.length === 0 ? message : 'carries no blob';
}

function single<M>(blobs: readonly Uint8Array[], maximumBytes: number, make: (blob: Uint8Array) => M): M | string {
  const [blob] = blobs;
  if (blob === undefined || blobs.length !== 1) {
    return 'carries exactly one blob';
  }
  return blob.length <= maximumBytes ? make(blob) : `its blob has at most ${maximumBytes} bytes`;
}

function headOf(message: DeviceMessage | RelayMessage): JsonObject {
  const head: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(message)) {
    if (name !== 'type' && !blobFields.has(name)) {
      head[name] = value instanceof Uint8Array ? text(value) : (value as JsonValue);
    }
  }
  switch (message.type) {
    case 'welcome':
      return { scopes: message.scopes.map((scope) => [scope.scopeId, scope.logSequence]) };
    case 'error':
      return { ...head, message: message.message.slice(0, longestText).toWellFormed() };
    default:
      return head;
  }
}

const blobFields = new Set(['batches', 'entries', 'entry', 'body']);

function blobsOf(message: DeviceMessage | RelayMessage): readonly Uint8Array[] {
  switch (message.type) {
    case 'push':
    case 'seed':
    case 'deliver':
      return message.batches;
    case 'state':
    case 'entries':
      return message.entries;
    case 'append_entry':
      return [message.entry];
    case 'mailbox_put':
    case 'mailbox_message':
    case 'whisper':
    case 'whispered':
      return [message.body];
    default:
      return [];
  }
}

function inverse<T extends string>(numbers: Readonly<Record<T, number>>): ReadonlyMap<number, T> {
  return new Map(Object.entries(numbers).map(([type, number]) => [number as number, type as T]));
}
