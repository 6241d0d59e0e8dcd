import { type DeviceId, type UserId, deviceIdFromBytes, userIdFromBytes } from '../base/ids.ts';
import { hash, keyedHash } from './hash.ts';
import { sodium } from './sodium.ts';

/** Source of randomness, passed in: `size` uniformly random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

export interface PublicKeys {
  /** Ed25519, 32 bytes. */
  readonly sign: Uint8Array;
  /** X25519, 32 bytes. */
  readonly box: Uint8Array;
}

/** What makes a device itself: two independent key pairs and a key that hedges its randomness. */
export interface DeviceKeys {
  readonly deviceId: DeviceId;
  readonly sign: KeyPair;
  readonly box: KeyPair;
  readonly hedge: Uint8Array;
}

/** The root of a person, a workspace or an organisation; used for genesis and recovery, then wiped. */
export interface RootKeys {
  readonly userId: UserId;
  readonly sign: KeyPair;
  readonly box: KeyPair;
}

export function createDeviceKeys(randomBytes: RandomBytes): DeviceKeys {
  return deviceKeysFromSeeds(randomBytes(32), randomBytes(32), randomBytes(32));
}

/** Seeds of 32 bytes each for signing, for encryption, and the hedge key. */
export function deviceKeysFromSeeds(signSeed: Uint8Array, boxSeed: Uint8Array, hedge: Uint8Array): DeviceKeys {
  const sign = signPairFromSeed(signSeed);
  const box = pairOf(sodium.crypto_box_seed_keypair(boxSeed));
  return { deviceId: deviceIdOf({ sign: sign.publicKey, box: box.publicKey }), sign, box, hedge };
}

/** The Ed25519 pair of a 32-byte seed. */
export function signPairFromSeed(seed: Uint8Array): KeyPair {
  return pairOf(sodium.crypto_sign_seed_keypair(seed));
}

export function deviceIdOf(keys: PublicKeys): DeviceId {
  return deviceIdFromBytes(hash('device', keys.sign, keys.box));
}

/** A person is who holds this root key. */
export function userIdOf(rootSignKey: Uint8Array): UserId {
  return userIdFromBytes(hash('user', rootSignKey));
}

/** Root keys from 16 bytes of entropy (the twelve words) or any longer secret. */
export function rootKeysFromEntropy(entropy: Uint8Array): RootKeys {
  const sign = signPairFromSeed(keyedHash(entropy, 'root-sign'));
  const box = pairOf(sodium.crypto_box_seed_keypair(keyedHash(entropy, 'root-box')));
  return { userId: userIdOf(sign.publicKey), sign, box };
}

function pairOf(pair: { publicKey: Uint8Array; privateKey: Uint8Array }): KeyPair {
  return { publicKey: pair.publicKey, secretKey: pair.privateKey };
}
