import type { AlarmBody } from '../../api/types/alarms.ts';
import type { ReasonCode } from '../../contract/reasons.ts';
import type { ScopeId } from '../../base/ids.ts';
import type { DegradedCause } from '../../lifecycle/facts.ts';
import { wordsOfAlarm } from '../../replica/kernel/alarms.ts';
import type { Alarm } from '../../replica/names/alarm.ts';

/** Alarms that stand, for a person. */
export function alarmBodies(alarms: readonly Alarm[], labelOf: (deviceId: string) => string): readonly AlarmBody[] {
  return alarms
    .filter(({ clearedMs }) => clearedMs === null)
    .map((alarm) => {
      const { id, kind, scopeId, deviceId, relayUrl, reasonCode, detail, claims, sinceMs } = alarm;
      return {
        ...{ id, kind, scopeId, deviceId, relayUrl, reasonCode, detail },
        message: alarmMessage(alarm, labelOf),
        label: deviceId === null ? '' : labelOf(deviceId),
        claimedBy: (claims ?? []).map(({ by, sequence, atMs }) => ({
          ...{ deviceId: by, label: labelOf(by), sequence, at: new Date(atMs).toISOString() },
        })),
        since: new Date(sinceMs).toISOString(),
      };
    });
}

/** Who says so is named as a person calls it. */
export function alarmMessage(alarm: Alarm, labelOf: (deviceId: string) => string): string {
  return alarm.claims === null ? alarm.message : wordsOfAlarm(alarm, (id) => labelOf(id) || id).message;
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
