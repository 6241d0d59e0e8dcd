import { concat, textFromUtf8, u32, viewOf } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { answerChallenge, isAnswerValid } from '../../../src/sync/wire/authenticate.ts';
import { decodeDeviceMessage, decodeRelayMessage, encodeMessage } from '../../../src/sync/wire/codec.ts';
import type { DeviceMessage, RelayMessage } from '../../../src/sync/wire/messages.ts';
import type { FuzzTarget } from '../../helpers/fuzz.ts';
import { deviceFrom, seededBytes } from '../membership/fixtures.ts';
import { deviceMessages, relayMessages } from '../sync/example-messages.ts';

const runsOfType = 4_000;
const origin = 'wss://relay.example:443';
const nonce = seededBytes(1)(32);

/** The head of a frame (type, length, JSON), and the blobs behind it as they were. */
const head: NonNullable<FuzzTarget['json']> = {
  read(frame) {
    const length = viewOf(frame).getUint32(1);
    // The rest rides along, to be put back by write.
    const json = JSON.parse(textFromUtf8(frame.subarray(5, 5 + length)) ?? 'null') as JsonValue;
    return { type: frame[0] ?? 0, head: json, blobs: Buffer.from(frame.subarray(5 + length)).toString('base64') };
  },
  write(value) {
    const { type, head: json, blobs } = (value ?? {}) as { type?: unknown; head?: JsonValue; blobs?: unknown };
    const bytes = canonicalBytes(json ?? null);
    const rest = typeof blobs === 'string' ? new Uint8Array(Buffer.from(blobs, 'base64')) : new Uint8Array(0);
    return concat([new Uint8Array([typeof type === 'number' ? type : 0]), u32(bytes.length), bytes, rest]);
  },
};

function messageTarget<M extends DeviceMessage | RelayMessage>(
  from: string,
  messages: readonly M[],
  decode: typeof decodeDeviceMessage | typeof decodeRelayMessage,
): readonly FuzzTarget[] {
  const types = [...new Set(messages.map((message) => message.type))];
  return types.map((type) => ({
    name: `${type}, from a ${from}`,
    runs: runsOfType,
    // Large blobs are copied whole and say nothing new.
    samples: messages.filter((message) => message.type === type).map((message) => encodeMessage(trimmed(message))),
    json: head,
    accepts: 'canonical' as const,
    judge(bytes: Uint8Array) {
      const decoded = decode(bytes);
      return decoded.ok ? encodeMessage(decoded.value) : undefined;
    },
  }));
}

function trimmed<M extends DeviceMessage | RelayMessage>(message: M): M {
  if ('batches' in message) {
    return { ...message, batches: message.batches.map((bytes) => bytes.subarray(0, 200)) };
  }
  return 'body' in message ? { ...message, body: message.body.subarray(0, 200) } : message;
}

/** Frames of both directions, each type by itself, and the answer to a relay's challenge. */
export const wireTargets: readonly FuzzTarget[] = [
  ...messageTarget('device', deviceMessages, decodeDeviceMessage),
  ...messageTarget('relay', relayMessages, decodeRelayMessage),
  {
    name: 'an answer to the challenge of a relay',
    runs: 8_000,
    samples: [encodeMessage(answerChallenge(deviceFrom(1), nonce, origin, 1_700_000_000_000))],
    json: head,
    accepts: 'samples',
    judge(bytes) {
      const decoded = decodeDeviceMessage(bytes);
      const isAnswer = decoded.ok && decoded.value.type === 'authenticate';
      if (!isAnswer || !isAnswerValid(decoded.value, nonce, [origin])) {
        return undefined;
      }
      // The version is the one field that is not signed: the relay looks at it before anything else.
      return encodeMessage({ ...decoded.value, version: 1 });
    },
  },
];
