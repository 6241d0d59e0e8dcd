import type { HomePaths, ProtectionRequest } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { KeyProtectionName } from '../../api/types/keys.ts';
import { readKeyFile } from './key-file.ts';
import { type WantedProtection, changeProtection, protectionOf } from './key-protection.ts';
import { createKeyring } from './keyring.ts';
import { keyFaultWords, withoutKeys } from './not-set-up.ts';
import { randomBytes } from './open-home.ts';
import { type Passphrase, parsePassphrase, readPassphraseFile, weaknessOf } from './passphrase.ts';
import { unwritable } from '../ground/unwritable.ts';

export const passphraseVariable = 'SOURCESYNC_PASSPHRASE_FILE';

/** The passphrase in the named file, else in that of the environment; undefined when neither is named. */
export function namedPassphrase(
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): { readonly passphrase: Passphrase | undefined } | CommandFault {
  const path = file ?? environment[passphraseVariable] ?? '';
  if (path === '') {
    return { passphrase: undefined };
  }
  const read = readPassphraseFile(path);
  return read.ok ? { passphrase: read.value } : { exitCode: exitCodes.usage, message: read.error };
}

/** How a new home asks to be protected: flag, then environment, then a bare file. */
export function requestedProtection(
  { passphraseFile, keyring }: ProtectionRequest,
  environment: NodeJS.ProcessEnv,
): { readonly wanted: WantedProtection } | CommandFault {
  if (keyring) {
    return { wanted: { kind: 'keyring' } };
  }
  const named = namedPassphrase(passphraseFile, environment);
  if ('exitCode' in named) {
    return named;
  }
  return named.passphrase === undefined ? { wanted: { kind: 'bare' } } : strongEnough(named.passphrase);
}

/** How the keys of this home are protected now. */
export function keyProtection(paths: HomePaths): { readonly protection: KeyProtectionName } | CommandFault {
  const file = readKeyFile(paths.keys);
  return file.ok ? { protection: protectionOf(file.value) } : withoutKeys(paths, file.error);
}

/** Changes the protection of the key file itself; a daemon that runs goes on, and reads the file when it next needs it. */
export async function protectKeys(
  paths: HomePaths,
  environment: NodeJS.ProcessEnv,
  request: {
    readonly current: string | undefined;
    readonly kind: KeyProtectionName;
    readonly next: string | undefined;
  },
): Promise<{ readonly protection: KeyProtectionName } | CommandFault> {
  const wanted = request.kind === 'passphrase' ? chosen(request.next ?? '') : { wanted: { kind: request.kind } };
  if ('exitCode' in wanted) {
    return wanted;
  }
  const obstacle = unwritable(paths);
  if (obstacle !== undefined) {
    return obstacle;
  }
  const deps = { keyring: createKeyring(environment), randomBytes };
  const current = parsePassphrase(request.current ?? '');
  const changed = await changeProtection(deps, paths.keys, current, wanted.wanted);
  return changed.ok
    ? { protection: changed.value }
    : {
        exitCode: changed.error.kind === 'absent' ? exitCodes.notSetUp : exitCodes.failed,
        message: `Nothing was changed. ${keyFaultWords(paths, changed.error)}`,
      };
}

function chosen(text: string): { readonly wanted: WantedProtection } | CommandFault {
  const passphrase = parsePassphrase(text);
  return passphrase === undefined
    ? { exitCode: exitCodes.usage, message: 'A passphrase has 1 to 1024 bytes of text.' }
    : strongEnough(passphrase);
}

function strongEnough(passphrase: Passphrase): { readonly wanted: WantedProtection } | CommandFault {
  const weakness = weaknessOf(passphrase);
  return weakness === undefined
    ? { wanted: { kind: 'passphrase', passphrase } }
    : { exitCode: exitCodes.usage, message: weakness };
}
