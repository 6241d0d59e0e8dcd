import type { DeviceId } from '../../base/ids.ts';
import { isAnswerValid } from '../../sync/wire/authenticate.ts';
import { decodeBlobRequest, encodeBlobAnswer } from '../../sync/wire/blob-codec.ts';
import { blobChannelVersion } from '../../sync/wire/blob-messages.ts';
import { decodeDeviceMessage, encodeMessage } from '../../sync/wire/codec.ts';
import type { RelayErrorCode } from '../../sync/wire/messages.ts';
import type { RelayStore } from '../port.ts';
import { type AnsweringDeps, answerBlob } from './answer.ts';

/** One connection of the channel, without its socket. */
export interface Visitor {
  readonly nonce: Uint8Array;
  /** Undefined until it has said who it is. */
  deviceId: DeviceId | undefined;
}

export interface HearingDeps extends AnsweringDeps {
  readonly store: Pick<RelayStore, 'mayRead' | 'scopesOf'>;
  /** Addresses under which devices dial this relay, as `originOf` writes them. */
  readonly origins: readonly string[];
}

/** What becomes of one frame: bytes to be sent, and where the connection ends with it, why. */
export interface Heard {
  readonly answer: Uint8Array | undefined;
  readonly ends: string | undefined;
}

/** Answers one frame of a connection; the next is answered after it. Rejects with an error of the disk. */
export async function hearVisitor(deps: HearingDeps, visitor: Visitor, frame: Uint8Array): Promise<Heard> {
  const { deviceId } = visitor;
  if (deviceId === undefined) {
    return greet(deps, visitor, frame);
  }
  const asked = decodeBlobRequest(frame);
  if (asked.ok) {
    return goesOn(encodeBlobAnswer(await answerBlob(deps, deviceId, asked.value)));
  }
  const message = decodeDeviceMessage(frame);
  return message.ok && message.value.type === 'ping'
    ? goesOn(encodeMessage({ type: 'pong' }))
    : ends(asked.error.kind === 'too_large' ? 'E_TOO_LARGE' : 'E_BAD_MESSAGE', asked.error.message);
}

function greet({ store, origins }: HearingDeps, visitor: Visitor, frame: Uint8Array): Heard {
  const decoded = decodeDeviceMessage(frame);
  const message = decoded.ok ? decoded.value : undefined;
  if (message?.type !== 'authenticate') {
    return ends('E_AUTH', 'a device says who it is before anything else on this channel');
  }
  if (message.version !== blobChannelVersion) {
    const text = `this relay speaks protocol ${blobChannelVersion} about large files, the device ${message.version}: upgrade the older side`;
    return ends('E_VERSION', text);
  }
  if (!isAnswerValid(message, visitor.nonce, origins)) {
    const text = 'the answer to the challenge is not valid for this relay; check the address under which it is dialled';
    return ends('E_AUTH', text);
  }
  if (store.scopesOf(message.deviceId, 1).length === 0) {
    return ends('E_FORBIDDEN', 'the device is not a member of any scope here');
  }
  visitor.deviceId = message.deviceId;
  return goesOn(encodeMessage({ type: 'welcome', scopes: [] }));
}

function goesOn(answer: Uint8Array): Heard {
  return { answer, ends: undefined };
}

function ends(code: RelayErrorCode, message: string): Heard {
  return {
    answer: encodeMessage({ type: 'error', scopeId: null, code, about: 'connection', message }),
    ends: message,
  };
}
