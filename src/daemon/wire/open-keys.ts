import type { ControlFault } from '../../api/ports/fault.ts';
import type { KeysBody } from '../../api/types/keys.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { type HomeKeys, readKeyFile } from '../keys/key-file.ts';
import { openKeyFile } from '../keys/key-protection.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Passphrase } from '../keys/passphrase.ts';
import { type CurrentPhase, waiting } from './current-phase.ts';
import { type RaiseDeps, raise } from './raise-daemon.ts';

export interface OpenKeysDeps extends RaiseDeps {
  readonly keyring: Keyring;
  /** A page of the store is not as it was written. */
  readonly mend: () => void;
}

/** `keys`: a person can do something about it, and the daemon waits. `home`: the keys are fine and the store is not. */
export type OpenFault =
  | { readonly kind: 'keys'; readonly message: string }
  | { readonly kind: 'home'; readonly fault: CommandFault };

/** Opens the key file, then the home; what is open stays so. */
export async function openKeys(
  deps: OpenKeysDeps,
  phase: CurrentPhase,
  passphrase: Passphrase | undefined,
): Promise<Result<KeysBody, OpenFault>> {
  if (phase.now.kind === 'open') {
    return ok(phase.keys());
  }
  const file = readKeyFile(deps.paths.keys);
  const held = file.ok ? await openKeyFile(deps.keyring, file.value, passphrase) : file;
  if (!held.ok) {
    const { kind, message } = held.error;
    // Nobody has tried a passphrase that was not given.
    const isTried = kind !== 'wrong_passphrase' || passphrase !== undefined;
    phase.stayLocked(isTried ? `${waiting}. The last try: ${message}` : waiting);
    return err({ kind: 'keys', message });
  }
  return openHomeWith(deps, phase, held.value);
}

/** Raises the daemon of the home with keys that are open. */
export async function openHomeWith(
  deps: OpenKeysDeps,
  phase: CurrentPhase,
  keys: HomeKeys,
): Promise<Result<KeysBody, OpenFault>> {
  const daemon = await raise(deps, keys, { keys: phase.keys, mend: deps.mend });
  if (!daemon.ok) {
    return err({ kind: 'home', fault: daemon.error });
  }
  phase.opened(daemon.value, keys);
  return ok(phase.keys());
}

export function controlFaultOf(fault: OpenFault): ControlFault {
  return fault.kind === 'keys'
    ? { kind: 'invalid', message: fault.message }
    : { kind: 'failed', message: fault.fault.message };
}
