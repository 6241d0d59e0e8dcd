import { u64, utf8 } from '../../base/bytes.ts';
import { type DeviceId, bytesFromDeviceId } from '../../base/ids.ts';
import { parseUrl } from '../../base/url.ts';
import { hash } from '../../crypto/hash.ts';
import { type DeviceKeys, deviceIdOf } from '../../crypto/keys.ts';
import { sign, verify } from '../../crypto/sign.ts';
import { type DeviceMessage, protocolVersion } from './messages.ts';

type Authenticate = Extract<DeviceMessage, { type: 'authenticate' }>;

/**
 * Answers a relay's challenge. `origin` is the address this device dialled (see {@link originOf}), so that the answer
 * is worth nothing at another relay that passes the challenge on. `relayVersion` is the latest that the relay speaks.
 * Source: the trust protocol, section 7.
 */
export function answerChallenge(
  keys: DeviceKeys,
  nonce: Uint8Array,
  origin: string,
  timeMs: number,
  relayVersion: number = protocolVersion,
): Authenticate {
  const { deviceId } = keys;
  return {
    type: 'authenticate',
    version: Math.min(relayVersion, protocolVersion),
    deviceId,
    signKey: keys.sign.publicKey,
    boxKey: keys.box.publicKey,
    timeMs,
    signature: sign(keys.sign.secretKey, 'challenge-sig', challengeHash(deviceId, nonce, origin, timeMs)),
  };
}

/** True when the device that the message names answered this nonce for one of these origins. Never throws. */
export function isAnswerValid(message: Authenticate, nonce: Uint8Array, origins: readonly string[]): boolean {
  const { deviceId, signKey, boxKey, timeMs, signature } = message;
  if (deviceIdOf({ sign: signKey, box: boxKey }) !== deviceId) {
    return false;
  }
  return origins.some((origin) =>
    verify(signKey, 'challenge-sig', challengeHash(deviceId, nonce, origin, timeMs), signature),
  );
}

/** `ws://host:port` or `wss://host:port` of a relay's address, or undefined when it is no such address. */
export function originOf(url: string): string | undefined {
  const parsed = parseUrl(url);
  if (parsed === undefined) {
    return undefined;
  }
  const { protocol, hostname, port } = parsed;
  if (protocol !== 'ws:' && protocol !== 'wss:') {
    return undefined;
  }
  return `${protocol}//${hostname}:${port === '' ? (protocol === 'ws:' ? '80' : '443') : port}`;
}

function challengeHash(deviceId: DeviceId, nonce: Uint8Array, origin: string, timeMs: number): Uint8Array {
  return hash('challenge', bytesFromDeviceId(deviceId), nonce, utf8(origin), u64(timeMs));
}
