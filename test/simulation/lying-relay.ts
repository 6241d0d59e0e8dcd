import type { DeviceId, ScopeId } from '../../src/base/ids.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { createMemoryRelayStore } from '../../src/relay/memory-store.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import { decodeDeviceMessage, decodeRelayMessage, encodeMessage } from '../../src/sync/wire/codec.ts';
import type { RelayMessage } from '../../src/sync/wire/messages.ts';
import type { Wire } from './network.ts';
import { copyOfRelay } from './relay-copy.ts';
import type { Relay } from './relay.ts';

type Deliver = Extract<RelayMessage, { type: 'deliver' }>;

/** A relay that can be made to lie. Until it is told to, and again after `repent`, it is the honest one inside it. */
export interface LyingRelay extends Relay {
  /** True from the first lie until every trace of it is mended by the devices. */
  readonly hasLied: boolean;
  /** Keeps a copy of the disk to which `rewind` goes back. */
  keepCopy(): void;
  /** Puts the kept copy in; false while there is none or the relay is down. */
  rewind(): boolean;
  /** Puts an empty disk in. */
  wipe(): boolean;
  /** From now on some devices meet another relay that began as a copy of this one. */
  fork(others: ReadonlySet<number>): boolean;
  /** 1 for the devices that a fork has set apart, else 0. */
  sideOf(device: number): 0 | 1;
  /** What the relay that a device meets holds. */
  diskOf(device: number): RelayStore;
  /** Batches of an author never reach a device. */
  withhold(device: number, author: DeviceId): void;
  /** Confirms what a device pushes and stores none of it, as long as its connection lasts. */
  confirmFalsely(device: number): void;
  /** Rides along with the next delivery of a scope to a device. */
  inject(device: number, scopeId: ScopeId, injection: Injection): void;
  /** Honest again, over one of the two disks where there was a fork. */
  repent(keepsOther: boolean): void;
}

export interface Injection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface LyingRelayDeps {
  readonly honest: Relay;
  readonly createOther: () => Relay;
  readonly scopeIds: readonly ScopeId[];
  /** A lie was told. */
  readonly lied: (name: string, device: number) => void;
}

export function createLyingRelay({ honest, createOther, scopeIds, lied }: LyingRelayDeps): LyingRelay {
  const withheld = new Map<number, Set<DeviceId>>();
  const swallowed = new Map<number, 'soon' | 'now'>();
  const injections = new Map<string, Injection[]>();
  let copy: RelayStore | undefined;
  let other: Relay | undefined;
  let others: ReadonlySet<number> = new Set();
  let hasLied = false;

  function tell(name: string, device: number): void {
    hasLied = true;
    lied(name, device);
  }

  function downwards(device: number, frame: Uint8Array): Uint8Array {
    const decoded = withheld.size + injections.size > 0 ? decodeRelayMessage(frame) : undefined;
    if (decoded?.ok !== true || decoded.value.type !== 'deliver') {
      return frame;
    }
    return encodeMessage(withInjections(device, withoutWithheld(device, decoded.value)));
  }

  function withoutWithheld(device: number, message: Deliver): Deliver {
    const authors = withheld.get(device);
    const batches = message.batches.filter((bytes) => !(authors?.has(authorOf(bytes) as DeviceId) ?? false));
    if (batches.length < message.batches.length) {
      tell('withhold', device);
    }
    return { ...message, batches };
  }

  function withInjections(device: number, message: Deliver): Deliver {
    const name = `${device} ${message.scopeId}`;
    const waiting = injections.get(name) ?? [];
    injections.delete(name);
    for (const injection of waiting) {
      tell(injection.name, device);
    }
    // What is false comes first: what is true must get past it.
    return { ...message, batches: [...waiting.map(({ bytes }) => bytes), ...message.batches] };
  }

  /** True when the frame goes no further. */
  function swallow(device: number, frame: Uint8Array, wire: Wire): boolean {
    const decoded = swallowed.has(device) ? decodeDeviceMessage(frame) : undefined;
    if (decoded?.ok !== true || decoded.value.type !== 'push') {
      return false;
    }
    const last = decodeBatch(decoded.value.batches.at(-1) ?? new Uint8Array());
    if (!last.ok) {
      return false;
    }
    swallowed.set(device, 'now');
    const { scopeId, sequence } = last.value.header;
    tell('false_acknowledgement', device);
    wire.send(encodeMessage({ type: 'acknowledge', scopeId, sequence }));
    return true;
  }

  function putIn(disk: RelayStore): boolean {
    if (!honest.isUp || other !== undefined) {
      return false;
    }
    honest.crash();
    honest.replaceDisk(disk);
    honest.start();
    hasLied = true;
    return true;
  }

  const sideOf = (device: number): 0 | 1 => (other !== undefined && others.has(device) ? 1 : 0);

  return {
    get disk(): RelayStore {
      return honest.disk;
    },
    get isUp(): boolean {
      return honest.isUp;
    },
    get hasLied(): boolean {
      return hasLied;
    },
    sideOf,
    diskOf: (device) => (sideOf(device) === 1 ? other?.disk : undefined) ?? honest.disk,
    replaceDisk: honest.replaceDisk,
    crash: honest.crash,
    start: honest.start,
    arm: honest.arm,
    disarm: honest.disarm,
    accept(wire, device) {
      const side = sideOf(device) === 1 ? other : honest;
      const lying: Wire = { send: (frame) => wire.send(downwards(device, frame)), close: wire.close };
      const ends = side?.accept(lying, device);
      return (
        ends && {
          frame(bytes) {
            if (!swallow(device, bytes, wire)) {
              ends.frame(bytes);
            }
          },
          closed(reason) {
            if (swallowed.get(device) === 'now') {
              swallowed.delete(device);
            }
            ends.closed(reason);
          },
        }
      );
    },
    keepCopy() {
      copy = copyOfRelay(honest.disk, scopeIds);
    },
    rewind() {
      const kept = copy;
      copy = undefined;
      return kept !== undefined && putIn(kept);
    },
    wipe: () => putIn(createMemoryRelayStore()),
    fork(apart) {
      if (other !== undefined || !honest.isUp) {
        return false;
      }
      other = createOther();
      other.crash();
      other.replaceDisk(copyOfRelay(honest.disk, scopeIds));
      other.start();
      others = apart;
      hasLied = true;
      // Everybody comes again, and finds the relay that was chosen for it.
      honest.crash();
      honest.start();
      return true;
    },
    withhold(device, author) {
      withheld.set(device, (withheld.get(device) ?? new Set()).add(author));
    },
    confirmFalsely(device) {
      swallowed.set(device, 'soon');
    },
    inject(device, scopeId, injection) {
      const name = `${device} ${scopeId}`;
      injections.set(name, [...(injections.get(name) ?? []), injection]);
    },
    repent(keepsOther) {
      withheld.clear();
      swallowed.clear();
      injections.clear();
      if (hasLied) {
        honest.crash();
        const kept = other?.disk;
        other?.crash();
        if (keepsOther && kept !== undefined) {
          honest.replaceDisk(kept);
        }
        other = undefined;
        honest.start();
      }
    },
  };
}

function authorOf(bytes: Uint8Array): DeviceId | undefined {
  const decoded = decodeBatch(bytes);
  return decoded.ok ? decoded.value.header.deviceId : undefined;
}
