import type { ChangeId } from '../../base/ids.ts';
import { isJsonObject } from '../../base/json.ts';
import type { AuditEvent } from '../../contract/audit.ts';
import type { Manifest } from '../../contract/manifest.ts';
import type { Disposition } from '../../contract/record.ts';
import { decisionOf } from '../../merge/values/decision.ts';
import { quarantineIdOf } from '../../replica/names/quarantine-id.ts';
import type { Explanation } from '../../replica/names/explanation.ts';
import type { HistoryEntry } from '../../replica/names/reports.ts';
import { timeText } from './bodies.ts';
import { changeSummary } from './change-words.ts';
import type { ApiDeps } from '../ports/port.ts';
import type { ExplainedChangeBody, SignerBody, StrategyBody } from '../types/explain.ts';

/** How far back the audit chain is read: explaining is no reason to open all of it. */
export const auditReach = 4000;
const auditPage = 500;

/** A change with the line that judged it: clause, step, answer, signer, strategy and audit event. */
export function explainedChange(
  deps: Pick<ApiDeps, 'store' | 'bindings' | 'labelOf'>,
  { change, disposition, steps, verdict }: Explanation,
  history: readonly HistoryEntry[],
  audit: readonly AuditEvent[],
): ExplainedChangeBody {
  const binding = deps.bindings.ofCollection(change.collection);
  const signer = signerOf(deps, change);
  return {
    changeId: change.changeId,
    operation: change.operation,
    summary: binding === undefined ? '' : changeSummary(binding.engine, change),
    disposition,
    at: timeText(change.stamp),
    author: change.authorId,
    deviceId: change.deviceId,
    signer,
    verdict: verdict.verdict,
    reasonCode: 'reasonCode' in verdict ? verdict.reasonCode : null,
    steps: steps.map((step) => ({ ...step, clause: clauseOf(step.step, binding?.manifest, binding?.scope) })),
    strategy: strategyOf(deps, change, disposition, history, binding?.manifest.mergeStrategy ?? ''),
    auditEvents: audit.filter(({ details }) => isAbout(details, change.changeId, signer.batchId)).map(eventBody),
  };
}

/** The latest events of the chain, oldest first. */
export function recentAudit({ store }: Pick<ApiDeps, 'store'>): readonly AuditEvent[] {
  const { count } = store.audit.head();
  const events: AuditEvent[] = [];
  for (let from = Math.max(count - auditReach, 0); from < count; from += auditPage) {
    const rows = store.audit.read(from, Math.min(auditPage, count - from));
    events.push(...rows.flatMap((row) => (typeof row === 'string' ? [] : [row])));
  }
  return events;
}

/** What of the manifest a step asks about; a step without an entry asks the membership log, the clock or the bytes. */
function clauseOf(step: string, manifest: Manifest | undefined, scope: string | undefined): string | null {
  if (manifest === undefined) {
    return null;
  }
  switch (step) {
    case 'collection':
      return `collection: ${manifest.collection}`;
    case 'residence':
    case 'scope_kind':
      return `encryptionScope: ${scope ?? manifest.encryptionScope}`;
    case 'schema_version':
      return `schemaVersion: ${manifest.schemaVersion}`;
    case 'authority':
      return `mergeStrategy: ${manifest.mergeStrategy}`;
    case 'proof':
    case 'policy':
      return `policyClass: ${manifest.policyClass}`;
    default:
      return null;
  }
}

function signerOf(
  { store, labelOf }: Pick<ApiDeps, 'store' | 'labelOf'>,
  { deviceId, scopeId, sequence, index }: Explanation['change'],
): SignerBody {
  const batchId = store.log.get(scopeId, deviceId, sequence)?.batchId ?? null;
  return { deviceId, device: labelOf(deviceId), scopeId, sequence, index, batchId };
}

function strategyOf(
  { store, labelOf }: Pick<ApiDeps, 'store' | 'labelOf'>,
  change: Explanation['change'],
  disposition: Disposition,
  history: readonly HistoryEntry[],
  name: string,
): StrategyBody {
  const about = (changes: readonly ChangeId[]): boolean => changes.includes(change.changeId);
  const held = store.quarantine.get(quarantineIdOf(change));
  return {
    name,
    decided: `${name} ${dispositionWords[disposition]}`,
    reviews: store.reviews
      .openOf(change.collection, change.objectId)
      .filter(({ changes }) => about(changes))
      .map(({ id, kind, summary }) => ({ id, kind, summary })),
    decisions: history.flatMap((entry) => {
      const decision = decisionOf(entry.change);
      const named = decision !== undefined && 'proposals' in decision ? decision.proposals : [];
      return decision === undefined || !about(named)
        ? []
        : [
            {
              decision: decision.decision,
              author: entry.change.authorId,
              device: labelOf(entry.change.deviceId),
              at: timeText(entry.change.stamp),
            },
          ];
    }),
    quarantineId: held?.status === 'held' ? held.id : null,
  };
}

const dispositionWords: Readonly<Record<Disposition, string>> = {
  applied: 'took it into the record.',
  proposed: 'keeps it as a proposal: it is not live until somebody decides.',
  superseded: 'keeps it beside a newer one that took its place.',
  waiting: 'has not been asked yet: it waits for something that has not arrived, or for a release.',
  refused: 'did not take it in, or it was decided against; it is kept and reachable.',
};

function isAbout(details: AuditEvent['details'], changeId: string, batchId: string | null): boolean {
  if (!isJsonObject(details)) {
    return false;
  }
  const { changes } = details;
  const isListed = Array.isArray(changes) && changes.includes(changeId);
  return isListed || details['changeId'] === changeId || (batchId !== null && details['batchId'] === batchId);
}

function eventBody({
  id,
  eventType,
  outcome,
  reasonCode,
  occurredAt,
}: AuditEvent): ExplainedChangeBody['auditEvents'][number] {
  return { id, eventType, outcome, reasonCode, at: occurredAt };
}
