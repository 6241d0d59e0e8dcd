import type { Logger } from 'pino';
import type { KeysBody } from '../../api/types/keys.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Vault } from '../../vault/vault.ts';
import type { ClockWatch } from '../ground/clock-watch.ts';
import type { Coalesced } from '../ground/coalesce.ts';
import type { ConfigInForce } from '../ground/live-config.ts';
import type { EditGate } from '../../api/gate/edit-gate.ts';
import type { EngineStates } from '../engines/engine-states.ts';
import type { EventRing } from '../ground/event-ring.ts';
import type { Heartbeat } from '../engines/heartbeat.ts';
import type { IntakeHost } from '../engines/intake-host.ts';
import type { LargeFolders } from '../chunks/large-folders.ts';
import type { LinksHost } from '../links/links-host.ts';
import type { ChoosingHost } from '../members/choosing-host.ts';
import type { MembershipHost } from '../members/membership-host.ts';
import type { OpenHome } from '../keys/open-home.ts';
import type { Outbox } from '../relays/outbox.ts';
import type { Later, PlannedStep } from '../ground/planned-step.ts';
import type { PresenceHost } from '../relays/presence-host.ts';
import type { PolicyWatch } from '../engines/policy-watch.ts';
import type { RelaySetting } from '../ground/relay-config.ts';
import type { RelayHosts } from '../relays/relay-hosts.ts';
import type { SetWatch } from '../engines/set-watch.ts';
import type { StoreHealth } from '../disk/store-health.ts';
import type { StoreHost } from '../disk/store-host.ts';
import type { EngineSwitch, SyncSwitch } from '../engines/switches.ts';
import type { TombstonesHost } from '../relays/tombstones-host.ts';

export interface DaemonOptions {
  readonly home: OpenHome;
  readonly paths: HomePaths;
  readonly token: string;
  readonly config: ConfigInForce;
  /** The relays in use, the first of which orders membership. */
  readonly relays: readonly RelaySetting[];
  readonly log: Logger;
  readonly stop: () => void;
  readonly around: AroundDaemon;
}

/** What a daemon knows of the process that it is a phase of. */
export interface AroundDaemon {
  /** How the keys are kept now. */
  readonly keys: () => KeysBody;
  /** A page of the store is not as it was written: opens it anew, once what runs has come to its end. */
  readonly mend: () => void;
}

/** The parts of a daemon, each made once; `relay` is there while one is configured and sync has started. */
export interface Parts {
  readonly bindings: Bindings;
  readonly manifestProblems: readonly string[];
  readonly events: EventRing;
  readonly outbox: Outbox;
  /** The one line in which all that can wait stands. */
  readonly later: Later;
  readonly heartbeat: Heartbeat;
  readonly clock: ClockWatch;
  readonly engineSwitch: EngineSwitch;
  readonly syncSwitch: SyncSwitch;
  readonly replica: Replica;
  readonly gate: EditGate;
  readonly sets: SetWatch;
  readonly states: EngineStates;
  readonly refreshSoon: Coalesced;
  readonly links: LinksHost;
  readonly choosing: ChoosingHost;
  readonly large: LargeFolders;
  readonly storeHost: StoreHost;
  readonly health: Pick<StoreHealth, 'standing' | 'vitalStore' | 'guard' | 'noticed'>;
  readonly membership: MembershipHost;
  readonly policyWatch: PolicyWatch;
  readonly presence: PresenceHost;
  readonly vault: Vault;
  readonly tombstones: TombstonesHost;
  readonly intake: IntakeHost;
  /** Enters what was noted in the audit collection. */
  readonly audit: PlannedStep;
  relay: RelayHosts | undefined;
}
