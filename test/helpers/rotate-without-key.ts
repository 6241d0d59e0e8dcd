import type { DeviceId, ScopeId } from '../../src/base/ids.ts';
import type { Result } from '../../src/base/result.ts';
import { randomBytes } from '../../src/daemon/keys/open-home.ts';
import { createRotate } from '../../src/membership/log/create.ts';
import { parseEntry, signEntry } from '../../src/membership/parse/entry-codec.ts';
import { appendEntry, foldScope } from '../../src/membership/log/scope-log.ts';
import type { Home } from './processes.ts';
import { withKeysOf } from './stolen-keys.ts';

/**
 * What a faulty program of an administrator would do: it rotates the key of a scope, and the wrap that it names as the
 * victim's is the root's. Nobody but the victim can tell. The daemon of the home does not run.
 */
export function rotateWithoutKeyFor(home: Home, scopeId: ScopeId, victim: DeviceId): void {
  withKeysOf(home, ({ store, keys }) => {
    const entries = store.scopes.entries(scopeId).map(({ bytes }) => bytes);
    const state = unwrap(foldScope(entries, scopeId));
    const epoch = state.epochs.at(-1)?.epoch ?? 0;
    const epochKey = store.scopes.epochKey(scopeId, epoch);
    if (epochKey === undefined) {
      throw new Error('believed: the administrator holds the key in force');
    }
    const newEpochKey = randomBytes(32);
    const whole = createRotate({ state, signer: keys, epochKey, newEpochKey, nowMs: Date.now() });
    const { entry } = unwrap(parseEntry(whole));
    if (entry.t !== 'rotate') {
      throw new Error('believed: it was made a rotation');
    }
    const wraps = new Map(entry.epoch.wraps).set(victim, entry.epoch.wraps.get('root') ?? '');
    const bytes = signEntry({ ...entry, epoch: { ...entry.epoch, wraps } }, keys.sign.secretKey);
    store.transaction(() => {
      store.scopes.append({ scopeId, sequence: unwrap(appendEntry(state, bytes)).sequence, bytes });
      store.scopes.setEpochKey(scopeId, epoch + 1, newEpochKey);
    });
  });
}

function unwrap<T, E>(result: Result<T, E>): T {
  if (!result.ok) {
    throw new Error(JSON.stringify(result.error));
  }
  return result.value;
}
