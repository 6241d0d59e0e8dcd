import type { KeysBody } from '../api/types/keys.ts';
import type { Answer, Calls } from './call.ts';

/** Locking and unlocking the keys of a running daemon; for the owner of the home. */
export interface KeyCalls {
  /** The passphrase where the keys need one; the keyring of the system is asked for its key otherwise. */
  unlock(passphrase?: string): Answer<KeysBody>;
  lock(): Answer<KeysBody>;
}

export function keyCalls({ ask }: Calls): KeyCalls {
  return {
    unlock: (passphrase) => ask('POST /v1/unlock', { body: passphrase === undefined ? {} : { passphrase } }),
    lock: () => ask('POST /v1/lock'),
  };
}
