import { base64urlFromBytes, bytesFromBase64url } from '../../base/bytes.ts';
import { assert } from '../../base/assert.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { passphraseCost, passphraseSaltSizeBytes } from '../../crypto/passphrase.ts';
import { keySizeBytes } from '../../crypto/seal.ts';
import { type HomeKeys, type KeyFault, keysOf, readKeyFile, replaceKeyFile } from './key-file.ts';
import {
  type KeyFile,
  type KeyringProtection,
  type SealedKeyFile,
  type SealedProtection,
  createAccount,
  openSeeds,
  sealSeeds,
} from './key-file-format.ts';
import type { Keyring } from './keyring.ts';
import { type Passphrase, deriveKey } from './passphrase.ts';

/** How keys are to be protected from now on. */
export type WantedProtection =
  | { readonly kind: 'bare' }
  | { readonly kind: 'keyring' }
  | { readonly kind: 'passphrase'; readonly passphrase: Passphrase };

export type ProtectionKind = WantedProtection['kind'];

export interface ProtectionDeps {
  readonly keyring: Keyring;
  readonly randomBytes: RandomBytes;
}

export function protectionOf(file: KeyFile): ProtectionKind {
  return file.kind === 'bare' ? 'bare' : file.protection.kind;
}

/** A key file for these keys, opened once again before it is handed out. A keyring that does not answer is a fault. */
export async function sealKeys(
  { keyring, randomBytes }: ProtectionDeps,
  keys: HomeKeys,
  wanted: WantedProtection,
): Promise<Result<KeyFile, KeyFault>> {
  switch (wanted.kind) {
    case 'bare':
      return ok({ kind: 'bare', seeds: keys.seeds });
    case 'passphrase': {
      const protection = { kind: 'passphrase', ...passphraseCost, salt: randomBytes(passphraseSaltSizeBytes) } as const;
      const key = await deriveKey(wanted.passphrase, protection.salt, passphraseCost);
      return ok(sealed(keys, protection, key, randomBytes));
    }
    case 'keyring': {
      const protection = { kind: 'keyring', account: createAccount(randomBytes) } as const;
      const key = randomBytes(keySizeBytes);
      const kept = await keepInKeyring(keyring, protection, key);
      return kept.ok ? ok(sealed(keys, protection, key, randomBytes)) : kept;
    }
  }
}

function sealed(
  keys: HomeKeys,
  protection: SealedProtection,
  key: Uint8Array,
  randomBytes: RandomBytes,
): SealedKeyFile {
  const { seeds, device } = keys;
  const file = sealSeeds({ seeds, deviceId: device.deviceId, protection, key, randomBytes });
  assert(openSeeds(file, key) !== undefined, 'what was just sealed opens with its key');
  key.fill(0);
  return file;
}

/** Reads back what it wrote: a keyring that forgets would take the home with it. */
async function keepInKeyring(
  keyring: Keyring,
  { account }: KeyringProtection,
  key: Uint8Array,
): Promise<Result<null, KeyFault>> {
  const secret = base64urlFromBytes(key);
  const set = await keyring.set(account, secret);
  if (!set.ok) {
    return err(silentKeyring(set.error));
  }
  const read = await keyring.get(account);
  return read.ok && read.value === secret ? ok(null) : err(silentKeyring('it did not keep what it was given'));
}

/** Opens a key file. The passphrase is needed where the file asks for one; the keyring is asked where it names it. */
export async function openKeyFile(
  keyring: Keyring,
  file: KeyFile,
  passphrase: Passphrase | undefined,
): Promise<Result<HomeKeys, KeyFault>> {
  if (file.kind === 'bare') {
    return ok(keysOf(file.seeds));
  }
  const key = await keyFor(keyring, file.protection, passphrase);
  if (!key.ok) {
    return key;
  }
  const seeds = openSeeds(file, key.value);
  key.value.fill(0);
  if (seeds === undefined) {
    return err(wrongKeyFault(file.protection.kind));
  }
  const keys = keysOf(seeds);
  return keys.device.deviceId === file.deviceId ? ok(keys) : err(wrongKeyFault(file.protection.kind));
}

async function keyFor(
  keyring: Keyring,
  protection: SealedProtection,
  passphrase: Passphrase | undefined,
): Promise<Result<Uint8Array, KeyFault>> {
  if (protection.kind === 'passphrase') {
    return passphrase === undefined
      ? err({
          kind: 'wrong_passphrase',
          message: 'The keys of this device wait for their passphrase: sourcesync unlock',
        })
      : ok(await deriveKey(passphrase, protection.salt, protection));
  }
  const secret = await keyring.get(protection.account);
  if (!secret.ok) {
    return err(silentKeyring(secret.error));
  }
  const key = secret.value === null ? undefined : bytesFromBase64url(secret.value);
  return key?.length === keySizeBytes
    ? ok(key)
    : err({
        kind: 'keyring',
        message:
          'The keyring of the system answers, but does not hold the key of this home. Sign in as the user who set it up, or restore the keyring from a backup.',
      });
}

/** Changes how the keys of a home are protected, in one step: whatever happens, one readable key file stands there. */
export async function changeProtection(
  deps: ProtectionDeps,
  folder: string,
  current: Passphrase | undefined,
  wanted: WantedProtection,
): Promise<Result<ProtectionKind, KeyFault>> {
  const file = readKeyFile(folder);
  if (!file.ok) {
    return file;
  }
  const keys = await openKeyFile(deps.keyring, file.value, current);
  if (!keys.ok) {
    return keys;
  }
  const next = await sealKeys(deps, keys.value, wanted);
  if (!next.ok) {
    return next;
  }
  replaceKeyFile(folder, next.value);
  if (file.value.kind === 'sealed' && file.value.protection.kind === 'keyring') {
    // A key that stays behind opens nothing any more.
    await deps.keyring.remove(file.value.protection.account);
  }
  return ok(protectionOf(next.value));
}

function silentKeyring(why: string): KeyFault {
  return {
    kind: 'keyring',
    message: `No keyring of the system answers here (${why}). Start its service and try again, or use a passphrase: sourcesync keys protect --passphrase`,
  };
}

function wrongKeyFault(kind: SealedProtection['kind']): KeyFault {
  return kind === 'passphrase'
    ? {
        kind: 'wrong_passphrase',
        message:
          'The passphrase does not open the keys of this device: it is not the right one, or the key file was altered. Try again, or restore the key file from a backup.',
      }
    : {
        kind: 'damaged',
        message:
          'The key in the keyring does not open the key file: one of the two was altered. Restore the key file from a backup.',
      };
}
