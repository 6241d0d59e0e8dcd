import { withGlance } from '../../api/answers/glance.ts';
import type { Control } from '../../api/ports/control.ts';
import type { KeysBody } from '../../api/types/keys.ts';
import type { DeviceId } from '../../base/ids.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { staysOnDevice } from '../../contract/manifest.ts';
import type { EngineFacts } from '../../lifecycle/facts.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { loadBindings } from '../engines/bindings.ts';
import type { ConfigInForce } from '../ground/live-config.ts';
import { examineLocked } from './doctor.ts';
import { createEngineStates } from '../engines/engine-states.ts';
import { readDiskRoom } from '../../store/sqlite/base/disk-room.ts';
import { packageVersion } from '../ground/package-root.ts';
import { type StoreStanding, standingBody, stoppedStanding, wellStanding } from '../disk/store-standing.ts';
import type { LockCause } from './lock-cause.ts';

interface LockedControlDeps {
  readonly paths: HomePaths;
  readonly config: ConfigInForce;
  readonly relayUrl: string | null;
  readonly deviceId: DeviceId;
  /** When the home was closed, and why. */
  readonly sinceMs: number;
  readonly cause: LockCause;
  readonly keys: () => KeysBody;
  readonly stop: () => void;
}

export type LockedControl = Pick<Control, 'status' | 'engines' | 'engine' | 'doctor' | 'stop'>;

/** What can be said without the keys: the manifests name the engines, and nothing is known of what they hold. */
export function createLockedControl(deps: LockedControlDeps): LockedControl {
  const { paths, config, relayUrl, stop } = deps;
  const { bindings, problems: manifestProblems } = loadBindings(paths.engines, config.current().engines);
  const states = createEngineStates({
    bindings,
    store: createMemoryStore(),
    nowMs: () => deps.sinceMs,
    outboxOf: () => 0,
    tell: () => undefined,
    audit: () => undefined,
    guard: (work) => {
      work();
      return true;
    },
    factsOf: (binding) => lockedFacts(binding, relayUrl !== null && !config.current().localOnly),
  });
  const all = bindings.all();

  return {
    status: () =>
      withGlance({
        device: {
          deviceId: deps.deviceId,
          userId: null,
          label: config.current().label,
          version: packageVersion,
          revoked: false,
        },
        relay: {
          url: relayUrl,
          state: relayUrl === null ? 'none' : 'offline',
          reason: relayUrl === null ? null : closedWords[deps.cause],
          nextAttemptAt: null,
        },
        ...{ relays: [], sync: { paused: false }, unsent: [], alarms: [], tombstones: [] },
        keys: deps.keys(),
        store: standingBody(closedStanding(deps)),
        engines: all.map((binding) => states.body(binding)),
        ...{ folders: [], devices: [] },
      }),
    engines: () => all.map((binding) => states.body(binding)),
    engine: (id) => {
      const found = all.find(({ manifest }) => [manifest.engineId, manifest.collection].includes(id as never));
      return found && states.detail(found);
    },
    doctor: async () =>
      examineLocked({ paths, configured: { problem: config.problem, manifestProblems } }, deps.keys()),
    stop,
  };
}

const closedWords: Readonly<Record<LockCause, string>> = {
  keys: 'the keys are locked',
  damage: 'the database is being made anew',
};

/** Of a store that is closed and asked nothing. */
function closedStanding({ paths: { state }, cause, sinceMs }: LockedControlDeps): StoreStanding {
  const room = readDiskRoom(state);
  const damage = { failure: 'store_failing', trouble: 'damage', sinceMs } as const;
  return cause === 'damage' ? stoppedStanding(state, room, damage) : wellStanding(room);
}

/**
 * Only that the keys are missing holds. What a person switched off, paused or left open stands in the closed store: it
 * is not claimed either way.
 */
function lockedFacts({ scope }: CollectionBinding, relayConfigured: boolean): EngineFacts {
  return {
    ...{ syncPaused: false, enabled: true, identityPresent: true, deviceKeyUsable: false },
    ...{ scope, scopeJoined: !staysOnDevice(scope), requiredSourceMissing: false, authentication: 'settled' },
    ...{ epochKeyHeld: true, policyBlocked: null, isolated: null },
    ...{ openConflicts: 0, openReviews: 0, reviewReasonCodes: [], brakeHeld: false },
    ...{ quarantinedRecords: 0, quarantineReasonCodes: [], degradedCauses: [] },
    ...{ localOnly: false, relayConfigured, networkUp: true, relayTrusted: true, relay: 'unknown' },
    ...{ relayNextAttemptAtMs: null, inFlight: 0, unacknowledged: 0, pendingInbound: 0, caughtUp: false },
    lastHeartbeatVerified: false,
  };
}
