import type { Logger } from 'pino';
import type { KeysBody } from '../api/types/keys.ts';
import type { HomePaths } from '../cli/context.ts';
import type { Replica } from '../replica/port.ts';
import type { Bindings } from '../replica/names/binding.ts';
import type { Vault } from '../vault/vault.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { Coalesced } from './coalesce.ts';
import type { Config } from './config.ts';
import type { EditGate } from './edit-gate.ts';
import type { EngineStates } from './engine-states.ts';
import type { EventRing } from './event-ring.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { IntakeHost } from './intake-host.ts';
import type { LinksHost } from './links-host.ts';
import type { MembershipHost } from './membership-host.ts';
import type { OpenHome } from './open-home.ts';
import type { Outbox } from './outbox.ts';
import type { Later, PlannedStep } from './planned-step.ts';
import type { PresenceHost } from './presence-host.ts';
import type { PolicyWatch } from './policy-watch.ts';
import type { RelaySetting } from './relay-config.ts';
import type { RelayHosts } from './relay-hosts.ts';
import type { SetWatch } from './set-watch.ts';
import type { StoreHealth } from './store-health.ts';
import type { StoreHost } from './store-host.ts';
import type { EngineSwitch, SyncSwitch } from './switches.ts';
import type { TombstonesHost } from './tombstones-host.ts';

export interface DaemonOptions {
  readonly home: OpenHome;
  readonly paths: HomePaths;
  readonly token: string;
  /** The settings in force now. */
  readonly config: () => Config;
  /** Why the configuration file is not in force; null when it is. */
  readonly configProblem: () => string | null;
  /** Calls back whenever the configuration was read again. */
  readonly onReload?: (listener: () => void) => void;
  /** The relays in use, the first of which orders membership. */
  readonly relays: readonly RelaySetting[];
  readonly log: Logger;
  /** How the keys are kept now. */
  readonly keys: () => KeysBody;
  readonly stop: () => void;
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
  readonly storeHost: StoreHost;
  readonly health: StoreHealth;
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
