import { equalBytes } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal as Verdict } from '../../contract/verdict.ts';
import { appendEntry, openScope } from '../../membership/log/scope-log.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { DeviceId } from '../../base/ids.ts';
import type { DeviceMessage, RelayErrorCode } from '../../sync/wire/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import type { RegistrationTokens } from '../registration/token-folder.ts';
import { cutsOffHeldBatches } from './cut-check.ts';
import { mayFound } from './may-found.ts';
import { readersOf } from './members.ts';
import type { ScopeStates } from './scope-states.ts';
import { showsLog } from './shows-log.ts';

type AppendEntry = Extract<DeviceMessage, { type: 'append_entry' }>;

export interface EntryRefusal {
  readonly code: RelayErrorCode;
  readonly message: string;
}

export interface EntryContext {
  readonly store: RelayStore;
  readonly states: ScopeStates;
  readonly policy: RelayPolicy;
  readonly tokens: RegistrationTokens;
  readonly nowMs: number;
  readonly sender: DeviceId;
}

/** Verifies a membership entry and stores it as exactly the next; `known` when it stands there already. */
export function storeEntry(context: EntryContext, request: AppendEntry): Result<ScopeState | 'known', EntryRefusal> {
  const { store } = context;
  const { scopeId, sequence, entry } = request;
  if (store.mayRead(scopeId, context.sender) || showsLog(store, request)) {
    return append(context, request, context.states.get(scopeId));
  }
  if (sequence > 0) {
    return refuse('E_CONFLICT', 'the entry does not follow a log of this scope that is here');
  }
  // Only the very genesis of a scope has its id: what is no genesis is refused for that alone, be there a scope or not.
  const opened = openScope(entry, scopeId);
  return opened.ok ? append(context, request, context.states.get(scopeId)) : unfit(opened.error);
}

function append(
  context: EntryContext,
  request: AppendEntry,
  state: ScopeState | undefined,
): Result<ScopeState | 'known', EntryRefusal> {
  const { store, states, policy } = context;
  const { scopeId, sequence, entry } = request;
  if (state !== undefined && sequence <= state.sequence) {
    const [held] = store.entries(scopeId, sequence, 1);
    return held !== undefined && equalBytes(held, entry) ? ok('known') : refuse('E_CONFLICT', taken(sequence));
  }
  if (sequence !== (state?.sequence ?? -1) + 1) {
    return refuse('E_CONFLICT', `the log of this scope ends before position ${sequence}`);
  }
  const next = state === undefined ? openScope(entry, scopeId) : appendEntry(state, entry);
  if (!next.ok) {
    return unfit(next.error);
  }
  if (next.value.sequence !== sequence) {
    return refuse('E_CONFLICT', taken(next.value.sequence));
  }
  if (request.isNew && cutsOffHeldBatches(store, scopeId, entry)) {
    return refuse('E_CONFLICT', 'the device has newer batches here than the entry lets count: take them in first');
  }
  const leave = state === undefined ? mayFound(context, next.value, request.token) : ok(undefined);
  if (!leave.ok) {
    return refuse('E_FORBIDDEN', leave.error);
  }
  if (entry.length + store.entryBytes(scopeId) > policy.scopeLogBytes) {
    return refuse('E_QUOTA', 'the membership log of this scope is full');
  }
  if (!store.appendEntry(scopeId, sequence, entry)) {
    return refuse('E_CONFLICT', taken(sequence));
  }
  if (leave.value?.by === 'token') {
    store.useToken(leave.value.tokenId);
  }
  store.setMembers(scopeId, readersOf(next.value));
  states.set(next.value);
  return ok(next.value);
}

function unfit(refusal: Verdict): Result<never, EntryRefusal> {
  return refusal.detail === 'log_fork' || refusal.detail === 'log_chain'
    ? refuse('E_CONFLICT', `the entry does not follow the log: ${refusal.message}`)
    : refuse('E_FORBIDDEN', `the entry was refused: ${refusal.message}`);
}

const taken = (sequence: number): string => `position ${sequence} of the log is taken by another entry`;

function refuse(code: RelayErrorCode, message: string): Result<never, EntryRefusal> {
  return err({ code, message });
}
