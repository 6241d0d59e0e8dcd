import type { DeviceId } from '../../src/base/ids.ts';
import type { ChainHead } from '../../src/contract/chain.ts';
import type { AlarmWatch } from './alarm-watch.ts';
import type { Attacker } from './attacker.ts';
import type { Device } from './device.ts';
import type { Random } from './random.ts';
import type { TrustSwarm } from './trust-swarm.ts';
import type { TrustWatch } from './trust-watch.ts';

/** Who is not to be trusted in a world, and what is known of them outside of every process. */
export interface Trust {
  readonly swarm: TrustSwarm;
  readonly random: Random;
  /** For what a member that means harm tells of others. */
  readonly claims: Random;
  readonly watch: TrustWatch;
  readonly alarms: AlarmWatch;
  /** Whom an administrator revokes. */
  readonly subject: DeviceId;
  /** From whom an administrator takes rights away. */
  readonly roleSubject: DeviceId;
  /** Devices whose chains need not be the same everywhere: copied ones, and whoever tells each something else. */
  readonly distrusted: Set<DeviceId>;
  /** Copies of devices that run in other hands under the same keys. */
  readonly clones: Device[];
  /** Devices that came back with an old disk and have not caught up yet. */
  readonly recovering: Set<Device>;
  /** By device and scope: what it held when its process started. */
  readonly headsAtStart: Map<string, ReadonlyMap<DeviceId, ChainHead>>;
  /** What was sealed on restored devices before the relay had told them what they forgot. */
  readonly sealedBlind: { readonly device: Device; readonly bytes: Uint8Array }[];
  /** Devices with an entry under way: a fork does not set them apart, or both of its sides would go on with the log. */
  readonly wanting: Set<Device>;
  /** What devices told of their lives, as JSON: nothing secret may be in it. */
  readonly told: string[];
  attacker: Attacker | undefined;
}
