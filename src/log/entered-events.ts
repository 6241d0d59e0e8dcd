import { groupBy } from '../base/group-by.ts';
import type { JsonObject } from '../base/json.ts';
import type { AuditEvent, AuditRow } from '../contract/audit.ts';
import { auditHash } from './audit.ts';
import type { EntrySigner } from './audit-entry.ts';

/** What is to be known of a device to say what of its own chain goes into the collection. */
export interface EntryContext {
  readonly signer: EntrySigner;
  /** True where whoever reads the collection may know what happened in this domain. */
  readonly isShown: (policyDomain: string) => boolean;
}

/** Of what is alike in one stretch so many are entered one by one; the last of them says how many more there were. */
export const enteredAlike = 16;

/**
 * Those events of a stretch of the own chain that are entered, in its order. An entry is the device's own word: where
 * somebody else acted it names the device as actor, and that one as `details.about`. What every device notes alike of one
 * batch is left out, because the batch is the evidence; what comes often is counted in `details.alike`.
 */
export function eventsToEnter(rows: readonly AuditRow[], context: EntryContext): readonly AuditEvent[] {
  const events = rows.filter((row) => typeof row !== 'string').filter((event) => isEntered(event, context));
  const kinds = groupBy(events, kindOf);
  return events.flatMap((event) => {
    const alike = kinds.get(kindOf(event)) ?? [];
    const place = alike.indexOf(event);
    const more = place === enteredAlike - 1 ? alike.length - enteredAlike : 0;
    return place < enteredAlike ? [inOwnWords(event, more, context)] : [];
  });
}

/**
 * The entry of an event behind `previous`, the `eventHash` of the entry before it. Entries are a chain of their own, so
 * that what has to stay on the device leaves no gap in it.
 */
export function entryAfter(previous: string | null, event: AuditEvent, said: JsonObject = {}): AuditEvent {
  const { eventHash: _own, previousEventHash: _before, ...noted } = event;
  const entry = {
    ...noted,
    details: { ...event.details, ...said },
    ...(previous === null ? {} : { previousEventHash: previous }),
  };
  return { ...entry, eventHash: auditHash(entry) };
}

/** What is noted of the audit itself is never entered: that would be the cause of the next. */
function isEntered(event: AuditEvent, context: EntryContext): boolean {
  const isOfBatch = event.eventType === 'graph.write.accepted' && event.reasonCode === 'none';
  return (
    event.policyDomain !== 'audit' && context.isShown(event.policyDomain) && !(isOfBatch && isForeign(event, context))
  );
}

function kindOf({ eventType, actorId, policyDomain, outcome, reasonCode }: AuditEvent): string {
  return [eventType, actorId, policyDomain, outcome, reasonCode].join(' ');
}

function inOwnWords(event: AuditEvent, more: number, context: EntryContext): AuditEvent {
  const count = more > 0 ? { alike: more } : {};
  return isForeign(event, context)
    ? { ...event, actorId: context.signer.deviceId, details: { ...event.details, about: event.actorId, ...count } }
    : { ...event, details: { ...event.details, ...count } };
}

function isForeign({ actorId }: AuditEvent, { signer }: EntryContext): boolean {
  return actorId !== signer.deviceId && actorId !== signer.userId;
}
