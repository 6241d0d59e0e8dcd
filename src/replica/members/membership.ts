import { base64urlFromBytes } from '../../base/bytes.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { AuditFacts } from '../../contract/audit.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { LaterEntry, ScopeEntry } from '../../membership/parse/entry.ts';
import { parseEntry } from '../../membership/parse/entry-codec.ts';
import type { Cut, ScopeState } from '../../membership/parse/state.ts';
import { settleAlarms } from '../kernel/alarms.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import { dropUnbelieved } from './judge-claims.ts';
import { noteRefusedEntries } from './log-fork.ts';
import type { ScopeExtension } from '../lists/scope-extension.ts';
import type { Store } from '../../store/ground/port.ts';

/** Entries that follow the ones held: one transaction with the keys they bring, the audit and what is told of them. */
export function receiveEntries(
  core: Core,
  scopeId: ScopeId,
  entries: readonly Uint8Array[],
): Result<ScopeState, Refusal> {
  return taken(core, scopeId, entries, core.logs.scopes.extension(scopeId, entries));
}

/** A whole other log of a scope, which its root decided for after a fork. */
export function receiveResolution(
  core: Core,
  scopeId: ScopeId,
  entries: readonly Uint8Array[],
): Result<ScopeState, Refusal> {
  return taken(core, scopeId, entries, core.logs.scopes.resolution(scopeId, entries));
}

function taken(
  core: Core,
  scopeId: ScopeId,
  entries: readonly Uint8Array[],
  extension: Result<ScopeExtension, Refusal>,
): Result<ScopeState, Refusal> {
  if (!extension.ok) {
    noteRefusedEntries(core, scopeId, extension.error, entries);
    return err(extension.error);
  }
  return ok(extend(core, extension.value));
}

function extend(core: Core, extension: ScopeExtension): ScopeState {
  const { after, rows } = extension;
  commit(
    core,
    () => {
      core.logs.scopes.store(extension);
      for (const { bytes } of rows) {
        const parsed = parseEntry(bytes);
        if (parsed.ok) {
          noteEntry(core, after, parsed.value.entry, parsed.value.hash);
        }
      }
    },
    () => {
      core.logs.scopes.install(extension);
    },
  );
  return after;
}

function noteEntry(
  core: Known & Pick<Core, 'notices' | 'chains'>,
  scope: ScopeState,
  entry: ScopeEntry,
  hash: Uint8Array,
): void {
  const { pendingEvents } = core.notices;
  if (entry.t === 'genesis') {
    return;
  }
  core.notices.journal.audit(auditOf(core.store, scope, entry, hash));
  const { scopeId } = scope;
  switch (entry.t) {
    case 'add':
      pendingEvents.push({ type: 'device.joined', data: { deviceId: entry.device.deviceId, scopeId } });
      break;
    case 'revoke':
      pendingEvents.push({ type: 'device.revoked', data: { deviceId: entry.subject, scopeId } });
      settleAlarms(core, { scopeId, deviceId: entry.subject });
      dropUnbelieved(core, scope);
      pendingEvents.push({ type: 'key.rotated', data: { scopeId, epoch: entry.epoch.epoch } });
      break;
    case 'rotate':
      pendingEvents.push({ type: 'key.rotated', data: { scopeId, epoch: entry.epoch.epoch } });
      break;
    case 'resolve':
      settleAlarms(core, { kind: 'log_fork', scopeId });
      settleAlarms(core, { kind: 'log_rollback', scopeId });
      dropUnbelieved(core, scope);
      break;
    case 'role':
    case 'suite':
      break;
  }
}

function auditOf(store: Pick<Store, 'log'>, scope: ScopeState, entry: LaterEntry, hash: Uint8Array): AuditFacts {
  const { scopeId } = scope;
  return {
    eventType: 'policy.decision.allow',
    actorId: entry.by === 'root' ? scope.userId : entry.by,
    subjectId: subjectOf(entry) ?? scopeId,
    policyDomain: 'membership',
    outcome: 'allow',
    reasonCode: 'none',
    details: {
      ...{ entry: entry.t, scopeId, position: entry.sequence, hash: base64urlFromBytes(hash) },
      ...(entry.t === 'revoke' ? { cut: entry.cut.sequence, pastCut: pastCut(store, scopeId, entry) } : {}),
    },
  };
}

function subjectOf(entry: LaterEntry): DeviceId | undefined {
  switch (entry.t) {
    case 'add':
      return entry.device.deviceId;
    case 'revoke':
    case 'role':
      return entry.subject;
    case 'rotate':
    case 'suite':
    case 'resolve':
      return undefined;
  }
}

/** Batches of the subject that were taken in here and that the cut leaves out: only a lying relay brings that about. */
function pastCut(
  store: Pick<Store, 'log'>,
  scopeId: ScopeId,
  entry: { readonly subject: DeviceId; readonly cut: Cut },
): number {
  const head = store.log.heads(scopeId).get(entry.subject)?.sequence ?? 0;
  return Math.max(0, head - entry.cut.sequence);
}
