import type { DeviceId } from '../../base/ids.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Notices } from './notices.ts';

/** Whether what a device says of others counts: not once it is revoked, nor once it signed one number twice. */
export function isBelieved(notices: Notices, scope: ScopeState, deviceId: DeviceId): boolean {
  return scope.members.get(deviceId)?.revoked === null && !notices.alarms.isIsolated(scope.scopeId, deviceId);
}
