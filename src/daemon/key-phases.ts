import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createLockedApi, keyPaths } from '../api/create-locked-api.ts';
import type { ControlFault } from '../api/port.ts';
import type { KeysBody } from '../api/types/keys.ts';
import type { DeviceId } from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import { type CommandFault, type HomePaths, exitCodes } from '../cli/context.ts';
import { createOwnerRegistry } from './clients-host.ts';
import type { Config } from './config.ts';
import type { Daemon } from './deps.ts';
import { giveReserveToStart } from './disk-reserve.ts';
import { readDiskRoom } from './disk-room.ts';
import { type HomeKeys, deviceOf, readKeyFile, wipeKeys } from './key-file.ts';
import { openKeyFile, protectionOf } from './key-protection.ts';
import type { Keyring } from './keyring.ts';
import { type LockedControl, createLockedControl } from './locked-control.ts';
import { type OpenHome, openHome } from './open-home.ts';
import { type Passphrase, parsePassphrase } from './passphrase.ts';
import { storeFailureOf } from '../store/failure.ts';
import { stoppedStanding } from './store-standing.ts';

const waiting = 'The keys of this device are locked. Unlock them with: sourcesync unlock';
const nothingLocks =
  'The keys of this device are a bare file, which nothing would keep locked. Protect them first: sourcesync keys protect --passphrase';

export interface KeyPhasesDeps {
  readonly paths: HomePaths;
  readonly token: string;
  readonly config: () => Config;
  readonly configProblem: () => string | null;
  readonly relayUrl: string | null;
  readonly keyring: Keyring;
  readonly log: Logger;
  readonly stop: () => void;
  /** The daemon of an open home, not yet started. */
  readonly createDaemon: (home: OpenHome, keys: () => KeysBody) => Daemon;
}

/** A daemon's life is a row of two phases, locked and open, on one socket. */
export interface KeyPhases {
  /** The API that answers a request now; always ready. */
  apiFor(path: string): FastifyInstance;
  keys(): KeysBody;
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
    return err({ exitCode: exitCodes.notSetUp, message: file.error.message });
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
      const { message } = held.error;
      phase = { kind: 'locked', why: message };
      return err({ kind: 'keys', message });
    }
    const daemon = await raise(deps, held.value, keys);
    if (!daemon.ok) {
      return err({ kind: 'home', fault: daemon.error });
    }
    phase = { kind: 'open', daemon: daemon.value, keys: held.value };
    return ok(keys());
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

/** Opens the store and brings everything up; what fails leaves nothing open and no key behind. */
async function raise(
  { paths, createDaemon }: KeyPhasesDeps,
  keys: HomeKeys,
  told: () => KeysBody,
): Promise<Result<Daemon, CommandFault>> {
  giveReserveToStart(paths.state);
  const home = openHome(paths, keys);
  if (!home.ok) {
    wipeKeys(keys);
    return home;
  }
  let daemon: Daemon | undefined;
  try {
    daemon = createDaemon(home.value, told);
    await daemon.start();
    await daemon.api.ready();
    return ok(daemon);
  } catch (cause) {
    if (daemon === undefined) {
      home.value.store.close();
    }
    await daemon?.stop();
    wipeKeys(keys);
    const failure = storeFailureOf(cause);
    if (failure === undefined) {
      throw cause;
    }
    const { message } = stoppedStanding(paths.state, readDiskRoom(paths.state), { failure, sinceMs: Date.now() });
    return err({ exitCode: exitCodes.failed, message: message ?? failure });
  }
}

async function lower(daemon: Daemon, keys: HomeKeys): Promise<void> {
  try {
    await daemon.stop();
  } finally {
    wipeKeys(keys);
  }
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
