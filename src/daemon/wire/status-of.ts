import type { RelayBody, StatusBody } from '../../api/types/bodies.ts';
import type { RelayState } from '../../sync/ground/session.ts';
import { withGlance } from '../../api/answers/glance.ts';
import { standingBody } from '../disk/store-standing.ts';
import { folderBody } from '../links/link-body.ts';
import { packageVersion } from '../ground/package-root.ts';
import { isRevokedHere } from '../keys/scope-names.ts';
import { alarmBodies } from '../relays/alarm-bodies.ts';
import type { RelayHost } from '../relays/relay-host.ts';
import { deviceStandings } from '../relays/device-standings.ts';
import { tombstoneBodies } from '../relays/tombstones-host.ts';
import { unsentBodies } from '../relays/unsent.ts';
import type { ControlDeps, ControlledSync } from './control-deps.ts';

/** How everything stands, in one answer. */
export function statusOf({ home, replica, engines, sync, process, labelOf }: ControlDeps): StatusBody {
  const { bindings, states, links } = engines;
  const failingHooks = process.failingHooks();
  const relays = sync.relay()?.all ?? [];
  return withGlance({
    device: {
      ...{
        deviceId: replica.self,
        userId: home.userId,
        label: labelOf(replica.self) || home.label,
        version: packageVersion,
      },
      revoked: isRevokedHere(replica),
    },
    relay: relayBody(sync.relay()?.first, sync.lostRelay),
    relays: relays.map((relay) => ({ ...relayBody(relay, sync.lostRelay), unconfirmed: relay.unconfirmed })),
    sync: { paused: sync.syncSwitch.paused },
    keys: process.keys(),
    store: standingBody(process.health.standing),
    engines: bindings.all().map((binding) => states.body(binding)),
    folders: links.list().map(folderBody),
    devices: deviceStandings(replica, labelOf),
    unsent: unsentBodies(relays, { replica, store: home.store, outbox: sync.outbox }),
    alarms: alarmBodies(replica.alarms(), labelOf),
    tombstones: tombstoneBodies(replica, home.store, labelOf),
    ...(failingHooks.length === 0 ? {} : { failingHooks }),
  });
}

function relayBody(
  relay: Pick<RelayHost, 'address' | 'state' | 'nextAttemptAtMs'> | undefined,
  lostRelay: ControlledSync['lostRelay'],
): RelayBody {
  if (relay === undefined) {
    const lost = lostRelay();
    const reason = lost === undefined ? null : `${lost.message} ${lost.remedy}`;
    return { url: null, state: 'none', reason, nextAttemptAt: null };
  }
  const { state } = relay;
  const nextAttemptAt = relay.nextAttemptAtMs === null ? null : new Date(relay.nextAttemptAtMs).toISOString();
  return { url: relay.address.url, state: state.state, reason: reasonOf(state), nextAttemptAt };
}

/** Why a relay does not do what it should: of the connection as a whole, or the first scope that it refuses. */
function reasonOf(state: RelayState): string | null {
  if (state.state === 'online') {
    const refused = Object.values(state.scopes).find((scope) => scope.refused !== undefined)?.refused;
    return refused?.reason ?? null;
  }
  return 'reason' in state ? state.reason : null;
}
