import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createLockedApi, keyPaths } from '../../api/create-locked-api.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import { type RaiseDeps, lower, raise } from './raise-daemon.ts';
import type { KeysBody } from '../../api/types/keys.ts';
import type { DeviceId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { createOwnerRegistry } from '../members/clients-host.ts';
import type { Config } from '../ground/config.ts';
import type { Daemon } from './deps.ts';
import { type HomeKeys, deviceOf, readKeyFile } from '../keys/key-file.ts';
import { openKeyFile, protectionOf } from '../keys/key-protection.ts';
import { withoutKeys } from '../keys/not-set-up.ts';
import type { Keyring } from '../keys/keyring.ts';
import { type LockedControl, createLockedControl } from './locked-control.ts';
import { type Passphrase, parsePassphrase } from '../keys/passphrase.ts';
import { suspect } from '../../store/sqlite/base/suspicion.ts';

const waiting = 'The keys of this device are locked. Unlock them with: sourcesync unlock';
const mending =
  'The database of this home was damaged, and is being made anew of what can be read. Wait a moment: it goes on by itself.';
const mostMends = 3;
const nothingLocks =
  'The keys of this device are a bare file, which nothing would keep locked. Protect them first: sourcesync keys protect --passphrase';

export interface KeyPhasesDeps extends RaiseDeps {
  readonly token: string;
  readonly config: () => Config;
  readonly configProblem: () => string | null;
  readonly relayUrl: string | null;
  readonly keyring: Keyring;
  readonly log: Logger;
  readonly stop: () => void;
}

/** A daemon's life is a row of two phases, locked and open, on one socket. */
export interface KeyPhases {
  /** The API that answers a request now; always ready. */
  apiFor(path: string): FastifyInstance;
  keys(): KeysBody;
  /** A page of the store is not as it was written: opens it anew, once what runs has come to its end. */
  mend(): void;
  end(): Promise<void>;
}

type Phase =
  | { readonly kind: 'locked'; readonly why: string }
  | { readonly kind: 'open'; readonly daemon: Daemon; readonly keys: HomeKeys };

/** `keys`: a person can do something about it, and the daemon waits. `home`: the keys are fine and the store is not. */
type OpenFault =
  | { readonly kind: 'keys'; readonly message: string }
  | { readonly kind: 'home'; readonly fault: CommandFault };

/** Opens what needs no person. A home that needs one begins locked, which is no fault. */
export async function beginKeyPhases(
  deps: KeyPhasesDeps,
  passphrase: Passphrase | undefined,
): Promise<Result<KeyPhases, CommandFault>> {
  const file = readKeyFile(deps.paths.keys);
  if (!file.ok) {
    return err(withoutKeys(deps.paths, file.error));
  }
  const phases = await createKeyPhases(deps, deviceOf(file.value));
  const opened = await phases.open(passphrase);
  if (!opened.ok && opened.error.kind === 'home') {
    await phases.end();
    return err(opened.error.fault);
  }
  return ok(phases);
}

async function createKeyPhases(
  deps: KeyPhasesDeps,
  deviceId: DeviceId,
): Promise<KeyPhases & { open(passphrase: Passphrase | undefined): Promise<Result<KeysBody, OpenFault>> }> {
  const { paths, keyring, log } = deps;
  const inTurn = createTurns();
  let phase: Phase = { kind: 'locked', why: waiting };
  let control = lockedControl();
  let mends = 0;

  /** Made when it is first asked: it reads every manifest, and a home that opens at once never needs it. */
  function lockedControl(): () => LockedControl {
    const sinceMs = Date.now();
    let made: LockedControl | undefined;
    return () => (made ??= createLockedControl({ ...deps, deviceId, sinceMs, keys }));
  }

  function keys(): KeysBody {
    const file = readKeyFile(paths.keys);
    return {
      protection: file.ok ? protectionOf(file.value) : null,
      locked: phase.kind === 'locked',
      message: phase.kind === 'locked' ? phase.why : null,
    };
  }

  async function open(passphrase: Passphrase | undefined): Promise<Result<KeysBody, OpenFault>> {
    if (phase.kind === 'open') {
      return ok(keys());
    }
    const file = readKeyFile(paths.keys);
    const held = file.ok ? await openKeyFile(keyring, file.value, passphrase) : file;
    if (!held.ok) {
      const { kind, message } = held.error;
      // Nobody has tried a passphrase that was not given.
      const isTried = kind !== 'wrong_passphrase' || passphrase !== undefined;
      phase = { kind: 'locked', why: isTried ? `${waiting}. The last try: ${message}` : waiting };
      return err({ kind: 'keys', message });
    }
    return openWith(held.value);
  }

  async function openWith(held: HomeKeys): Promise<Result<KeysBody, OpenFault>> {
    const daemon = await raise(deps, held, { keys, mend });
    if (!daemon.ok) {
      return err({ kind: 'home', fault: daemon.error });
    }
    phase = { kind: 'open', daemon: daemon.value, keys: held };
    return ok(keys());
  }

  /** What is damaged again and again stands on a disk that fails, and is not written anew for ever. */
  function mend(): void {
    if (mends >= mostMends) {
      return;
    }
    mends++;
    inTurn(openAnew).catch((cause: unknown) => {
      log.error({ err: cause }, 'the damaged database could not be opened anew');
    });
  }

  async function openAnew(): Promise<void> {
    if (phase.kind === 'locked') {
      return;
    }
    const { daemon, keys: held } = phase;
    log.error('a page of the database is not as it was written; it is made anew of what can be read');
    suspect(paths.database);
    phase = { kind: 'locked', why: mending };
    control = lockedControl();
    await daemon.stop().catch((cause: unknown) => {
      log.warn({ err: cause }, 'not everything came to its end before the database was closed');
    });
    const opened = await openWith(held);
    if (!opened.ok) {
      const { message } = controlFaultOf(opened.error);
      phase = { kind: 'locked', why: message };
      log.error(message);
    }
  }

  async function lock(): Promise<Result<KeysBody, ControlFault>> {
    if (phase.kind === 'locked') {
      return ok(keys());
    }
    const file = readKeyFile(paths.keys);
    if (!file.ok || file.value.kind === 'bare') {
      return err({
        kind: 'conflict',
        message: file.ok ? nothingLocks : `${file.error.message} The keys stay unlocked.`,
      });
    }
    const { daemon, keys: held } = phase;
    // From here on requests are told that the keys are locked, while what is under way comes to its end.
    phase = { kind: 'locked', why: waiting };
    control = lockedControl();
    await lower(daemon, held);
    log.info('the keys are locked');
    return ok(keys());
  }

  const lockedApi = createLockedApi({
    clients: createOwnerRegistry(deps.token),
    control: () => control(),
    keys: {
      lock: async () => inTurn(lock),
      unlock: async (text) =>
        inTurn(async () => {
          const opened = await open(text === undefined ? undefined : parsePassphrase(text));
          return opened.ok ? opened : err(controlFaultOf(opened.error));
        }),
    },
    onInternalError: (cause) => {
      log.error({ err: cause }, 'a request failed inside');
    },
  });
  await lockedApi.ready();

  return {
    apiFor: (path) => (phase.kind === 'open' && !keyPaths.has(path) ? phase.daemon.api : lockedApi),
    keys,
    mend,
    open: async (passphrase) => inTurn(async () => open(passphrase)),
    end: async () =>
      inTurn(async () => {
        if (phase.kind === 'open') {
          await lower(phase.daemon, phase.keys);
        }
        await lockedApi.close();
      }),
  };
}

function controlFaultOf(fault: OpenFault): ControlFault {
  return fault.kind === 'keys'
    ? { kind: 'invalid', message: fault.message }
    : { kind: 'failed', message: fault.fault.message };
}

/** One after the other: nobody opens what is still being closed. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
