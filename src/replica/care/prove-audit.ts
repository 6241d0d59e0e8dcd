import { base64urlFromBytes } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { AuditEvent } from '../../contract/audit.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { brokenAudit } from '../../log/audit.ts';
import { type AuditCheckpoint, auditLeaf } from '../../log/audit-checkpoint.ts';
import type { ConsistencyProof, EventProof } from '../../log/audit-proof.ts';
import { auditPath, consistencyPath, emptyEdge, treeRoot, withLeaf } from '../../log/audit-tree.ts';
import { auditEvents } from '../../store/ground/audit-events.ts';
import { checkpointAudit } from '../kernel/checkpoint-audit.ts';
import type { Core } from '../kernel/core.ts';
import type { Store } from '../../store/ground/port.ts';

interface FoundEvent {
  readonly event: AuditEvent;
  /** From 0. */
  readonly index: number;
}

/**
 * A proof of one audit event, by its id or its position from 1; undefined when there is no such event. One that no
 * checkpoint covers yet gets one now.
 */
export function proveEvent(core: Core, wanted: string | number): Result<EventProof, Refusal> | undefined {
  const found = typeof wanted === 'number' ? eventAt(core.store, wanted - 1) : eventOfId(core.store, wanted);
  if (found === undefined) {
    return undefined;
  }
  const { event, index } = found;
  if ((core.notices.checkpoints.latest()?.n ?? 0) <= index) {
    checkpointAudit(core, 0);
  }
  const checkpoint = core.notices.checkpoints.latest();
  if (checkpoint === undefined || checkpoint.n <= index) {
    return err(unsigned);
  }
  const leaves = signedLeaves(core.store, checkpoint);
  return leaves.ok
    ? ok({ kind: 'audit', event, index, path: auditPath(leaves.value, index), checkpoint, entries: entriesOf(core) })
    : leaves;
}

/** That the chain only grew between two kept checkpoints, by their numbers of events; undefined when one is not kept. */
export function proveConsistency(
  core: Pick<Core, 'store' | 'device' | 'logs' | 'notices'>,
  from: number,
  to: number,
): Result<ConsistencyProof, Refusal> | undefined {
  const kept = core.notices.checkpoints.kept();
  const first = kept.find(({ n }) => n === from);
  const second = kept.find(({ n }) => n === to);
  if (first === undefined || second === undefined || from > to) {
    return undefined;
  }
  const leaves = signedLeaves(core.store, second);
  const proof = {
    kind: 'audit-consistency',
    deviceId: core.device.id,
    first,
    second,
    entries: entriesOf(core),
  } as const;
  return leaves.ok ? ok({ ...proof, path: consistencyPath(leaves.value, from) }) : leaves;
}

function eventAt(store: Pick<Store, 'audit'>, index: number): FoundEvent | undefined {
  const [event] = store.audit.read(index, 1);
  return event === undefined || typeof event === 'string' ? undefined : { event, index };
}

function eventOfId(store: Pick<Store, 'audit'>, id: string): FoundEvent | undefined {
  let index = 0;
  for (const event of auditEvents(store.audit)) {
    if (typeof event !== 'string' && event.id === id) {
      return { event, index };
    }
    index += 1;
  }
  return undefined;
}

/** The leaves that a checkpoint covers, when the chain is still the one that was signed. */
function signedLeaves(
  store: Pick<Store, 'audit'>,
  { n, root }: AuditCheckpoint,
): Result<readonly Uint8Array[], Refusal> {
  const leaves: Uint8Array[] = [];
  for (const event of auditEvents(store.audit)) {
    if (leaves.length === n || event === 'damaged' || event === 'missing') {
      break;
    }
    if (event === 'lost') {
      return err(provesNothing(leaves.length + 1));
    }
    leaves.push(auditLeaf(event));
  }
  return base64urlFromBytes(treeRoot(leaves.reduce(withLeaf, emptyEdge))) === root
    ? ok(leaves)
    : err(brokenAudit('audit_fork', `The audit chain is not the one whose first ${n} events were signed.`));
}

/** The person's own scope: everybody who knows the person can know its root. */
function entriesOf({ store, logs: { scopes } }: Pick<Core, 'store' | 'logs'>): readonly Uint8Array[] {
  const scope = scopes.profile() ?? scopes.all()[0];
  return scope === undefined ? [] : store.scopes.entries(scope.scopeId).map(({ bytes }) => bytes);
}

function provesNothing(place: number): Refusal {
  return brokenAudit(
    'audit_gap',
    `Event ${place} was lost when the disk was damaged: a proof needs every event before a checkpoint.`,
  );
}

const unsigned = refuse(
  'reject',
  'signature_invalid',
  'audit_hash',
  'No checkpoint can be signed over this event, because the audit chain is broken. See: sourcesync audit verify',
);
