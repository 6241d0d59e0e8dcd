/** Events of the local API: identifiers and reason codes, never content. */
export const eventTypes = [
  'engine.state_changed',
  'record.changed',
  'review.opened',
  'review.resolved',
  'quarantine.added',
  'quarantine.released',
  'conflict.detected',
  'conflict.resolved',
  'device.joined',
  'device.revoked',
  'key.rotated',
  'relay.state_changed',
  'owner.synced',
  'brake.held',
  'restore.written',
  'audit.checkpoint',
  'alarm.raised',
  'alarm.cleared',
  'policy.changed',
  'scope.chosen',
] as const;

export type EventType = (typeof eventTypes)[number];

export interface SyncEvent {
  readonly type: EventType;
  readonly data: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
}
