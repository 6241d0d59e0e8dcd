import { base64urlFromBytes, equalBytes } from '../../base/bytes.ts';
import type { ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal as Verdict, reasonText } from '../../contract/verdict.ts';
import { appendEntry, openScope } from '../../membership/scope-log.ts';
import type { ScopeState } from '../../membership/state.ts';
import type { DeviceMessage, RelayErrorCode } from '../../sync/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import { readersOf } from './members.ts';
import type { ScopeStates } from './scope-states.ts';

type AppendEntry = Extract<DeviceMessage, { type: 'append_entry' }>;

export interface EntryRefusal {
  readonly code: RelayErrorCode;
  readonly message: string;
}

/** Verifies a membership entry and stores it as exactly the next; `known` when it stands there already. */
export function storeEntry(
  { store, states, policy }: { store: RelayStore; states: ScopeStates; policy: RelayPolicy },
  { scopeId, sequence, entry }: AppendEntry,
): Result<ScopeState | 'known', EntryRefusal> {
  const state = states.get(scopeId);
  if (state !== undefined && sequence <= state.sequence) {
    const [held] = store.entries(scopeId, sequence, 1);
    return held !== undefined && equalBytes(held, entry) ? ok('known') : refuse('E_CONFLICT', taken(sequence));
  }
  if (sequence !== (state?.sequence ?? -1) + 1) {
    return refuse('E_CONFLICT', `the log of this scope ends before position ${sequence}`);
  }
  const next = state === undefined ? found(scopeId, entry, policy) : advance(state, sequence, entry);
  if (!next.ok) {
    return next;
  }
  if (entry.length + store.entryBytes(scopeId) > policy.scopeLogBytes) {
    return refuse('E_QUOTA', 'the membership log of this scope is full');
  }
  if (!store.appendEntry(scopeId, sequence, entry)) {
    return refuse('E_CONFLICT', taken(sequence));
  }
  store.setMembers(scopeId, readersOf(next.value));
  states.set(next.value);
  return next;
}

function found(scopeId: ScopeId, entry: Uint8Array, policy: RelayPolicy): Result<ScopeState, EntryRefusal> {
  const opened = openScope(entry, scopeId);
  if (!opened.ok) {
    return unfit(opened.error);
  }
  if (!policy.open && !policy.allowedRoots.includes(base64urlFromBytes(opened.value.rootKeys.sign))) {
    return refuse(
      'E_FORBIDDEN',
      'this relay takes no new scopes from strangers: ask its operator to allow your root key',
    );
  }
  return opened;
}

function advance(state: ScopeState, sequence: number, entry: Uint8Array): Result<ScopeState, EntryRefusal> {
  const next = appendEntry(state, entry);
  if (!next.ok) {
    return next.error.detail === 'log_fork' || next.error.detail === 'log_chain'
      ? refuse('E_CONFLICT', `the entry does not follow the log: ${reasonText(next.error)}`)
      : unfit(next.error);
  }
  return next.value.sequence === sequence ? next : refuse('E_CONFLICT', taken(next.value.sequence));
}

function unfit(refusal: Verdict): Result<never, EntryRefusal> {
  return refuse('E_FORBIDDEN', `the entry was refused: ${reasonText(refusal)}`);
}

const taken = (sequence: number): string => `position ${sequence} of the log is taken by another entry`;

function refuse(code: RelayErrorCode, message: string): Result<never, EntryRefusal> {
  return err({ code, message });
}
