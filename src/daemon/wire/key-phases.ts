import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createLockedApi, keyPaths } from '../../api/create-locked-api.ts';
import type { KeysBody } from '../../api/types/keys.ts';
import type { DeviceId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { withoutKeys } from '../keys/not-set-up.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { ConfigInForce } from '../ground/live-config.ts';
import { createTurns } from '../ground/turns.ts';
import { deviceOf, readKeyFile } from '../keys/key-file.ts';
import type { Keyring } from '../keys/keyring.ts';
import { type Passphrase, parsePassphrase } from '../keys/passphrase.ts';
import { createOwnerRegistry } from '../members/clients-host.ts';
import { createCurrentPhase } from './current-phase.ts';
import { lockKeys } from './lock-keys.ts';
import { createLockedControl } from './locked-control.ts';
import { createOpenAgain } from './open-again.ts';
import { openAnew } from './open-anew.ts';
import { type OpenFault, controlFaultOf, openKeys } from './open-keys.ts';
import { type RaiseDeps, lower } from './raise-daemon.ts';

const mostMends = 3;

export interface KeyPhasesDeps extends RaiseDeps {
  readonly token: string;
  readonly config: ConfigInForce;
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
  const { paths, log } = deps;
  // Nobody opens what is still being closed.
  const inTurn = createTurns();
  const phase = createCurrentPhase(paths, (since, keys) => createLockedControl({ ...deps, ...since, deviceId, keys }));
  const openDeps = { ...deps, mend };
  let mends = 0;

  /** What is damaged again and again stands on a disk that fails, and is not written anew for ever. */
  function mend(): void {
    if (mends >= mostMends) {
      return;
    }
    mends++;
    void inTurn(async () => openAnew(openDeps, phase, log))
      .catch(notOpened)
      .then(openAgain.want);
  }

  const notOpened = (cause: unknown): void => {
    log.error({ err: cause }, 'the damaged database could not be opened anew');
  };
  const openAgain = createOpenAgain({
    open: async () => {
      await inTurn(async () => (phase.now.kind === 'open' ? undefined : openKeys(openDeps, phase, undefined))).catch(
        notOpened,
      );
    },
    isWanted: () => phase.now.kind === 'locked' && phase.keys().protection !== 'passphrase',
  });

  const lockedApi = createLockedApi({
    clients: createOwnerRegistry(deps.token),
    control: () => phase.lockedControl,
    keys: {
      lock: async () =>
        inTurn(async () => {
          openAgain.drop();
          return lockKeys(paths, phase, log);
        }),
      unlock: async (text) =>
        inTurn(async () => {
          const opened = await openKeys(openDeps, phase, text === undefined ? undefined : parsePassphrase(text));
          return opened.ok ? opened : err(controlFaultOf(opened.error));
        }),
    },
    onInternalError: (cause) => {
      log.error({ err: cause }, 'a request failed inside');
    },
  });
  await lockedApi.ready();

  return {
    apiFor: (path) => (phase.now.kind === 'open' && !keyPaths.has(path) ? phase.now.daemon.api : lockedApi),
    keys: phase.keys,
    mend,
    open: async (passphrase) => inTurn(async () => openKeys(openDeps, phase, passphrase)),
    end: async () =>
      inTurn(async () => {
        openAgain.drop();
        if (phase.now.kind === 'open') {
          await lower(phase.now.daemon, phase.now.keys);
        }
        await lockedApi.close();
      }),
  };
}
