import type { DoctorBody } from '../../api/types/bodies.ts';
import type { KeysBody } from '../../api/types/keys.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Replica } from '../../replica/port.ts';
import type { StoreHealth } from '../disk/store-health.ts';
import type { ChoosingHost } from '../members/choosing-host.ts';
import type { EngineStates } from '../engines/engine-states.ts';
import type { PlacesHost } from '../links/places-host.ts';
import type { LinksHost } from '../links/links-host.ts';
import type { EngineSwitch, SyncSwitch } from '../engines/switches.ts';
import type { EditGate } from '../../api/gate/edit-gate.ts';
import type { OpenHome } from '../keys/open-home.ts';
import type { PairingHost } from '../members/pairing-host.ts';
import type { LostRelay } from '../relays/lost-relay.ts';
import type { Outbox } from '../relays/outbox.ts';
import type { RelayHosts } from '../relays/relay-hosts.ts';

/** What stands behind the API of an open home. */
export interface ControlDeps {
  readonly home: OpenHome;
  readonly replica: Replica;
  readonly engines: ControlledEngines;
  readonly places: PlacesHost;
  readonly sync: ControlledSync;
  readonly pairing: PairingHost;
  readonly process: ControlledProcess;
  readonly labelOf: (deviceId: string) => string;
}

export interface ControlledEngines {
  readonly bindings: Bindings;
  readonly states: EngineStates;
  readonly engineSwitch: EngineSwitch;
  readonly gate: EditGate;
  readonly links: LinksHost;
  readonly choosing: ChoosingHost;
}

export interface ControlledSync {
  readonly relay: () => RelayHosts | undefined;
  /** Where none is in use. */
  readonly lostRelay: () => LostRelay | undefined;
  readonly syncSwitch: SyncSwitch;
  readonly outbox: Outbox;
}

export interface ControlledProcess {
  readonly health: Pick<StoreHealth, 'standing'>;
  readonly keys: () => KeysBody;
  readonly failingHooks: () => readonly string[];
  readonly doctor: () => Promise<DoctorBody>;
  readonly metrics: () => Promise<string>;
  readonly stop: () => void;
}
