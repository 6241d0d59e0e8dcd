import type { ControlFault } from '../../api/ports/fault.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { scopeNameOf, travelling } from '../keys/scope-names.ts';

/** The one scope that a person means, by id, name or kind; without a word, the first workspace. */
export function findScope(
  replica: Pick<Replica, 'scopes'>,
  store: Pick<Store, 'settings'>,
  text: string = 'workspace',
): Result<ScopeState, ControlFault> {
  const shared = travelling(replica);
  const [found] = [
    ...shared.filter(({ scopeId }) => scopeId === text || scopeNameOf(store, scopeId) === text),
    ...shared.filter(({ kind }) => kind === text),
  ];
  return found === undefined
    ? err({ kind: 'not_found', message: `No scope is called ${text}. See: sourcesync scopes ls` })
    : ok(found);
}
