import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { createRevoke, createRole, createRotate } from '../../membership/log/create.ts';
import { createEpochKey } from '../../membership/log/epoch.ts';
import { currentEpoch } from '../../membership/parse/standing.ts';
import { type Authority, type Cut, type Role, type ScopeState, roles } from '../../membership/parse/state.ts';
import type { Core } from '../kernel/core.ts';
import type { ThisDevice } from '../kernel/this-device.ts';
import type { Store } from '../../store/ground/port.ts';

/** A membership entry that is signed and not yet in the log: it counts once the relay has taken it as the next. */
export interface EntryDraft {
  readonly scopeId: ScopeId;
  readonly sequence: number;
  readonly entry: Uint8Array;
  /** The subject's last batch that counts; null where nobody is cut. */
  readonly cut: Cut | null;
}

/**
 * The entry that starts the next epoch, and that revokes a device where one is named, from what is held now. The new key
 * is nowhere but inside the entry, wrapped for its recipients: a process that dies before or after the relay takes the
 * entry loses nothing, because it is a recipient itself.
 */
export function draftRotation(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  scopeId: ScopeId,
  subject: DeviceId | null,
): Result<EntryDraft, Refusal> {
  const governed = governable(core, scopeId);
  if (!governed.ok) {
    return governed;
  }
  const { state, epochKey } = governed.value;
  const common = { state, signer: core.device.keys, epochKey, newEpochKey: createEpochKey(core.device.randomBytes) };
  const place = { scopeId, sequence: state.sequence + 1 };
  if (subject === null) {
    return ok({ ...place, entry: createRotate({ ...common, nowMs: core.device.nowMs() }), cut: null });
  }
  const refusal = subjectRefusal(core.device, state, subject);
  if (refusal !== undefined) {
    return err(refusal);
  }
  const cut = cutNow(core.store, scopeId, subject);
  return ok({ ...place, entry: createRevoke({ ...common, subject, cut, nowMs: core.device.nowMs() }), cut });
}

/** The entry that gives another device a role and authorities. */
export function draftRole(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  scopeId: ScopeId,
  subject: DeviceId,
  grant: { readonly role: Role; readonly authorities: readonly Authority[] },
): Result<EntryDraft, Refusal> {
  const governed = governable(core, scopeId);
  if (!governed.ok) {
    return governed;
  }
  const { state } = governed.value;
  const member = state.members.get(subject);
  const refusal = subjectRefusal(core.device, state, subject);
  if (member === undefined || refusal !== undefined) {
    return err(refusal ?? subjectUnknown);
  }
  const isLower = roles.indexOf(grant.role) < roles.indexOf(member.role);
  const takesAway = isLower || member.authorities.some((authority) => !grant.authorities.includes(authority));
  const cut = takesAway ? cutNow(core.store, scopeId, subject) : null;
  const entry = createRole({ ...grant, state, signer: core.device.keys, subject, cut, nowMs: core.device.nowMs() });
  return ok({ scopeId, sequence: state.sequence + 1, entry, cut });
}

/** A scope of which this device is an administrator and holds the key in force. */
function governable(
  core: Pick<Core, 'device' | 'logs'>,
  scopeId: ScopeId,
): Result<{ readonly state: ScopeState; readonly epochKey: Uint8Array }, Refusal> {
  const state = core.logs.scopes.get(scopeId);
  const self = state?.members.get(core.device.id);
  if (state === undefined || self?.revoked !== null || self.role !== 'admin') {
    return err(notAdmin);
  }
  const epochKey = core.logs.scopes.epochKey(scopeId, currentEpoch(state).epoch);
  return epochKey === undefined ? err(keyMissing) : ok({ state, epochKey });
}

function subjectRefusal(device: ThisDevice, state: ScopeState, subject: DeviceId): Refusal | undefined {
  const member = state.members.get(subject);
  if (member === undefined) {
    return subjectUnknown;
  }
  if (member.revoked !== null) {
    return subjectRevoked;
  }
  return subject === device.id ? selfSubject : undefined;
}

function cutNow(store: Pick<Store, 'log'>, scopeId: ScopeId, subject: DeviceId): Cut {
  const head = store.log.heads(scopeId).get(subject);
  return head ?? { sequence: 0, batchId: null };
}

const notAdmin = refuse(
  'reject',
  'policy_denied',
  'role_insufficient',
  'This device is no administrator of the scope. Use one that is, or the twelve words.',
);
const keyMissing = refuse(
  'hold',
  'signature_invalid',
  'epoch_key_missing',
  'This device holds no key of the epoch in force, so it can hand none on. Ask another administrator.',
);
const subjectUnknown = refuse(
  'reject',
  'policy_denied',
  'device_unknown',
  'The device was never a member of the scope. See: sourcesync devices ls',
);
const subjectRevoked = refuse('reject', 'policy_denied', 'device_revoked', 'The device is revoked already.');
const selfSubject = refuse(
  'reject',
  'policy_denied',
  'role_insufficient',
  'A device cannot decide about itself. Use another administrator, or the twelve words.',
);
