import { admitDecoded } from '../../admission/admit-batch.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { ChainHead } from '../../contract/chain.ts';
import { decodeBatch } from '../../log/header.ts';
import type { AnnouncedScope } from '../../log/meta.ts';
import type { OpenedByRoot } from '../../membership/log/recovery.ts';
import type { BatchReader } from '../../net/visit-relay.ts';

/** Reads the scopes out of a profile's log that its administrators have announced; keeps nothing else of it. */
export interface AnnouncementReader {
  reader(profile: OpenedByRoot): BatchReader;
  scopes(): readonly AnnouncedScope[];
}

export function createAnnouncementReader(): AnnouncementReader {
  const announced = new Map<ScopeId, AnnouncedScope>();
  const heads = new Map<DeviceId, ChainHead>();

  return {
    scopes: () => [...announced.values()],
    reader:
      ({ state, epochKeys }) =>
      (bytes) => {
        const decoded = decodeBatch(bytes);
        if (!decoded.ok) {
          return;
        }
        const { deviceId, sequence } = decoded.value.header;
        const admission = admitDecoded(decoded, {
          ...{ scope: state, head: heads.get(deviceId) ?? null, idAt: () => undefined },
          epochKey: (epoch) => epochKeys.get(epoch),
        });
        const isAuthentic = admission.kind === 'opened' || (admission.kind === 'refused' && admission.chainAdvances);
        if (isAuthentic) {
          heads.set(deviceId, { sequence, batchId: decoded.value.batchId });
        }
        if (admission.kind === 'opened' && state.members.get(deviceId)?.role === 'admin') {
          // The profile is told of with the others when a device was paired; it is read already.
          for (const scope of admission.meta.scopes.filter(({ scopeId }) => scopeId !== state.scopeId)) {
            const before = announced.get(scope.scopeId);
            // Whoever joined a scope may announce it without knowing the secret of its root.
            announced.set(scope.scopeId, { ...scope, root: scope.root ?? before?.root ?? null });
          }
        }
      },
  };
}
