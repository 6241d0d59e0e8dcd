import type { AlarmBody } from '../api/types/alarms.ts';
import type { ReasonCode } from '../contract/reasons.ts';
import type { ScopeId } from '../base/ids.ts';
import type { DegradedCause } from '../lifecycle/facts.ts';
import type { Alarm } from '../replica/alarms.ts';

/** Alarms that stand, for a person. */
export function alarmBodies(alarms: readonly Alarm[], labelOf: (deviceId: string) => string): readonly AlarmBody[] {
  return alarms
    .filter(({ clearedMs }) => clearedMs === null)
    .map(({ id, kind, scopeId, deviceId, relayUrl, reasonCode, detail, message, sinceMs }) => ({
      ...{ id, kind, scopeId, deviceId, relayUrl, reasonCode, detail, message },
      label: deviceId === null ? '' : labelOf(deviceId),
      since: new Date(sinceMs).toISOString(),
    }));
}

/** What the alarms of a scope mean for the engines that it serves. */
export function alarmFacts(
  alarms: readonly Alarm[],
  scopeId: ScopeId | undefined,
): { readonly isolated: ReasonCode | null; readonly degraded: readonly DegradedCause[] } {
  const open = alarms.filter((alarm) => alarm.clearedMs === null && alarm.scopeId === scopeId);
  const fork = open.find(({ kind }) => kind === 'log_fork');
  return {
    isolated: fork?.reasonCode ?? null,
    degraded: open.map(({ kind, reasonCode }) => ({
      cause:
        kind === 'device_unseen'
          ? 'device_unseen'
          : kind === 'device_equivocation'
            ? 'device_isolated'
            : 'relay_suspect',
      reasonCode: kind === 'device_unseen' ? null : reasonCode,
    })),
  };
}
