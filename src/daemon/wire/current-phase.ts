import type { KeysBody } from '../../api/types/keys.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { type HomeKeys, readKeyFile } from '../keys/key-file.ts';
import { protectionOf } from '../keys/key-protection.ts';
import type { Daemon } from './deps.ts';
import type { LockCause } from './lock-cause.ts';
import type { LockedControl } from './locked-control.ts';

export type Phase =
  | { readonly kind: 'locked'; readonly why: string }
  | { readonly kind: 'open'; readonly daemon: Daemon; readonly keys: HomeKeys };

/** The phase that a daemon is in. */
export interface CurrentPhase {
  readonly now: Phase;
  /** What answers while the keys are locked. */
  readonly lockedControl: LockedControl;
  keys(): KeysBody;
  opened(daemon: Daemon, keys: HomeKeys): void;
  /** From here on requests are told that the keys are locked, while what is under way comes to its end. */
  lock(why: string, cause: LockCause): void;
  /** It is locked as before, and this is said of it. */
  stayLocked(why: string): void;
}

export const waiting = 'The keys of this device are locked. Unlock them with: sourcesync unlock';

export function createCurrentPhase(
  { keys: keyFile }: HomePaths,
  createControl: (
    since: { readonly sinceMs: number; readonly cause: LockCause },
    keys: () => KeysBody,
  ) => LockedControl,
): CurrentPhase {
  let phase: Phase = { kind: 'locked', why: waiting };
  let control = controlSince(Date.now(), 'keys');

  /** Made when it is first asked: it reads every manifest, and a home that opens at once never needs it. */
  function controlSince(sinceMs: number, cause: LockCause): () => LockedControl {
    let made: LockedControl | undefined;
    return () => (made ??= createControl({ sinceMs, cause }, keys));
  }

  function keys(): KeysBody {
    const file = readKeyFile(keyFile);
    return {
      protection: file.ok ? protectionOf(file.value) : null,
      locked: phase.kind === 'locked',
      message: phase.kind === 'locked' ? phase.why : null,
    };
  }

  function stayLocked(why: string): void {
    phase = { kind: 'locked', why };
  }

  return {
    ...{ keys, stayLocked },
    get now(): Phase {
      return phase;
    },
    get lockedControl(): LockedControl {
      return control();
    },
    opened(daemon, held) {
      phase = { kind: 'open', daemon, keys: held };
    },
    lock(why, cause) {
      stayLocked(why);
      control = controlSince(Date.now(), cause);
    },
  };
}
