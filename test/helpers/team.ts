import { rootKeysFromEntropy } from '../../src/crypto/keys.ts';
import { foundScope, publicKeysOf } from '../../src/daemon/ground/found.ts';
import type { AnnouncedScope } from '../../src/log/meta.ts';
import type { Devices } from './setup-pair.ts';

/** A scope of its own that all devices are in; nobody has adopted it yet. */
export function team(
  { all, random, clock, household }: Devices,
  seed: number,
  kind: 'org' | 'workspace' = 'org',
): {
  readonly scope: ReturnType<typeof foundScope>;
  readonly entries: readonly Uint8Array[];
  readonly announced: AnnouncedScope;
} {
  const root = rootKeysFromEntropy(new Uint8Array(16).fill(seed));
  const scope = foundScope({
    kind,
    name: 'team',
    userId: household.userId,
    devices: all.map(({ keys }) => ({
      ...{ deviceId: keys.deviceId, keys: publicKeysOf(keys) },
      ...{ role: 'admin' as const, authorities: [], label: 'device' },
    })),
    root,
    randomBytes: random.bytes,
    nowMs: clock.nowMs,
  });
  return {
    scope,
    entries: [scope.entry],
    announced: { scopeId: scope.scopeId, kind, name: 'team', root: null },
  };
}
