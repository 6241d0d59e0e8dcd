import type { FastifyInstance } from 'fastify';
import { isJsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { GateDeps } from './gate/gate.ts';
import { createGuardedApi } from './gate/guarded-api.ts';
import type { Control } from './ports/control.ts';
import type { ApiDeps } from './ports/port.ts';
import type { ControlFault } from './ports/fault.ts';
import { problem, problemOfFault } from './answers/problem.ts';
import { send } from './answers/send.ts';
import type { KeysBody } from './types/keys.ts';

/** What a daemon can say and do without its keys. */
export interface LockedApiDeps extends GateDeps, Pick<ApiDeps, 'onInternalError'> {
  /** As it is now: each locking begins a new one. */
  readonly control: () => Pick<Control, 'status' | 'engines' | 'engine' | 'doctor' | 'stop'>;
  readonly keys: KeysPort;
}

export interface KeysPort {
  /** Opens the keys, with the passphrase where they need one; resolves once everything is up. No-op when it is. */
  unlock(passphrase: string | undefined): Promise<Result<KeysBody, ControlFault>>;
  /** Ends sync, closes the store and forgets the keys; resolves once all of it is done. No-op when it is. */
  lock(): Promise<Result<KeysBody, ControlFault>>;
}

/** Answered here whether the keys are locked or not: what locks and unlocks cannot be a part of what is closed. */
export const keyPaths: ReadonlySet<string> = new Set(['/v1/lock', '/v1/unlock']);

/** The local API while the keys are locked: states, unlock and stop; all else is told to unlock first. */
export function createLockedApi(deps: LockedApiDeps): FastifyInstance {
  const { control, keys } = deps;
  const api = createGuardedApi(deps);

  api.get('/healthz', async () => ({ ok: true }));
  api.get('/readyz', async (_request, reply) => send(reply, problem(503, 'The keys of this device are locked.')));
  api.get('/statez', async () => ({
    engines: control()
      .engines()
      .map(({ engineId, state, reasonCodes }) => ({ engineId, state, reasonCodes })),
  }));
  api.get('/v1/status', async () => control().status());
  api.get('/v1/engines', async () => ({ items: control().engines(), nextCursor: null }));
  api.get('/v1/engines/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    return control().engine(id) ?? send(reply, problem(404, `No engine is called ${id}. See: sourcesync engines ls`));
  });
  api.get('/v1/doctor', async () => control().doctor());
  api.post('/v1/daemon/stop', async (_request, reply) => {
    reply.raw.once('finish', () => {
      control().stop();
    });
    return { stopping: true };
  });
  api.post('/v1/unlock', async (request, reply) => {
    const body = (request.body ?? {}) as Parameters<typeof isJsonObject>[0];
    const passphrase = isJsonObject(body) ? body['passphrase'] : null;
    if (passphrase !== undefined && typeof passphrase !== 'string') {
      return send(reply, problem(400, 'The body is {"passphrase": TEXT}, or {} where the keyring holds the key.'));
    }
    const unlocked = await keys.unlock(passphrase);
    return unlocked.ok ? unlocked.value : send(reply, problemOfFault(unlocked.error));
  });
  api.post('/v1/lock', async (_request, reply) => {
    const locked = await keys.lock();
    return locked.ok ? locked.value : send(reply, problemOfFault(locked.error));
  });
  api.setNotFoundHandler(async (_request, reply) =>
    send(reply, problem(423, control().status().keys.message ?? 'The keys of this device are locked.')),
  );
  return api;
}
