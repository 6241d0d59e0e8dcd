import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { AuditedEvents } from '../../contract/engine.ts';
import type { Plan } from '../../contract/strategy.ts';
import type { Notices } from './notices.ts';

/** Notes what a change did to the live view, or that it waits for a person, under the names that its engine has. */
export function auditByEngine(
  notices: Notices,
  audited: AuditedEvents | undefined,
  change: LoggedChange,
  { disposition }: Plan,
  live: readonly [before: JsonObject | null, after: JsonObject | null] | undefined,
): void {
  if (audited === undefined) {
    return;
  }
  const changed = live && audited.changed(...live);
  const eventType = disposition === 'proposed' ? audited.proposed : changed;
  if (eventType !== undefined) {
    notices.journal.audit({
      eventType,
      actorId: change.authorId,
      subjectId: change.deviceId,
      policyDomain: change.collection,
      outcome: 'informational',
      reasonCode: 'none',
      details: { changeId: change.changeId },
    });
  }
}
