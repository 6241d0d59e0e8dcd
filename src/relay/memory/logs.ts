import type { RelayStore } from '../port.ts';
import type { Scopes } from './scopes.ts';
import type { Undo } from './undo.ts';

type Logs = Pick<
  RelayStore,
  'entryCount' | 'entries' | 'appendEntry' | 'entryBytes' | 'setMembers' | 'mayRead' | 'scopesOf' | 'sizeBytes'
>;

/** Membership logs, and who may read by them. */
export function createLogs(scopes: Scopes, undo: Undo): Logs {
  return {
    entryCount: (scopeId) => scopes.get(scopeId)?.entries.length ?? 0,
    entries(scopeId, from, limitBytes) {
      const page: Uint8Array[] = [];
      let sizeBytes = 0;
      for (const entry of scopes.get(scopeId)?.entries.slice(from) ?? []) {
        sizeBytes += entry.length;
        if (page.length > 0 && sizeBytes > limitBytes) {
          break;
        }
        page.push(entry);
      }
      return page;
    },
    appendEntry(scopeId, sequence, bytes) {
      if ((scopes.get(scopeId)?.entries.length ?? 0) !== sequence) {
        return false;
      }
      const scope = scopes.ensure(scopeId);
      scope.entries.push(bytes.slice());
      scope.entryBytes += bytes.length;
      undo.note(() => {
        scope.entries.pop();
        scope.entryBytes -= bytes.length;
      });
      scopes.grow(scope, bytes.length);
      return true;
    },
    entryBytes: (scopeId) => scopes.get(scopeId)?.entryBytes ?? 0,
    setMembers(scopeId, deviceIds) {
      const scope = scopes.ensure(scopeId);
      const before = scope.members;
      scope.members = [...deviceIds];
      undo.note(() => {
        scope.members = before;
      });
    },
    mayRead: (scopeId, deviceId) => scopes.get(scopeId)?.members.includes(deviceId) === true,
    scopesOf: (deviceId, limit) =>
      [...scopes.all()]
        .filter(([, scope]) => scope.members.includes(deviceId))
        .map(([scopeId]) => scopeId)
        .slice(0, limit),
    sizeBytes: (scopeId) => scopes.get(scopeId)?.sizeBytes ?? 0,
  };
}
