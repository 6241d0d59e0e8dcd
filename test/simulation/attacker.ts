import type { BatchId, CollectionName, DeviceId, RecordId, ScopeId } from '../../src/base/ids.ts';
import { openEpochKeys } from '../../src/membership/log/epoch-keys.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { answerChallenge } from '../../src/sync/wire/authenticate.ts';
import { decodeRelayMessage, encodeMessage } from '../../src/sync/wire/codec.ts';
import type { DeviceMessage, RelayMessage } from '../../src/sync/wire/messages.ts';
import { type ReviewedRecord, hostileBatch } from './hostile-batches.ts';
import { logAt } from './membership-logs.ts';
import type { Wire } from './network.ts';
import { relayOrigin } from './process.ts';
import { type HostileName, sideNames } from './trust-swarm.ts';
import type { World } from './world.ts';

export const attackerIndex = 90;
const shell = 'shell' as CollectionName;
const travelMs = 8;
const againMs = 4_000;
const pingMs = 20_000;

/** A member of the household whose keys are in the hands of somebody who means harm: it speaks the wire, not the rules. */
export interface Attacker {
  start(): void;
  /** Makes one batch and lets it loose; false where it has nothing to start from. */
  attack(name: HostileName, scopeId: ScopeId): boolean;
  /** Makes one batch that a relay in league with it shows to everybody. */
  show(name: HostileName, scopeId: ScopeId): void;
  stop(): void;
}

interface Head {
  readonly sequence: number;
  readonly batchId: BatchId;
}

export function createAttacker(world: World): Attacker {
  const { timeline, household, trust, counters } = world;
  const { attacker: keys, userId } = household;
  const { random } = trust;
  const heads = new Map<ScopeId, Head | null>();
  const underWay = new Map<string, Head & { readonly name: HostileName }>();
  let lastName: HostileName | undefined;
  let ends: ReturnType<World['relay']['accept']>;
  let isOn = false;
  let token = 0;

  function send(message: DeviceMessage): void {
    const sentTo = ends;
    timeline.after(travelMs, () => {
      if (sentTo !== undefined && ends === sentTo) {
        sentTo.frame(encodeMessage(message));
      }
    });
  }

  function dial(): void {
    if (!isOn) {
      return;
    }
    const wire: Wire = {
      send: (frame) =>
        timeline.after(travelMs, () => {
          const decoded = decodeRelayMessage(frame);
          if (decoded.ok) {
            heard(decoded.value);
          }
        }),
      close: () => {
        ends = undefined;
        heads.clear();
        timeline.after(againMs, dial);
      },
    };
    ends = world.relay.accept(wire, attackerIndex);
    if (ends === undefined) {
      timeline.after(againMs, dial);
    }
  }

  function heard(message: RelayMessage): void {
    switch (message.type) {
      case 'challenge':
        return send(answerChallenge(keys, message.nonce, relayOrigin, Math.floor(timeline.nowMs)));
      case 'welcome':
        for (const { scopeId } of message.scopes) {
          send({ type: 'hello', scopeId, frontier: {}, logSequence: -1 });
        }
        return undefined;
      case 'state': {
        const [sequence, batchId] = message.ownHead ?? [];
        heads.set(message.scopeId, batchId === undefined ? null : { sequence: sequence as number, batchId });
        return undefined;
      }
      case 'deliver':
        return send({ type: 'received', scopeId: message.scopeId, delivery: message.delivery });
      case 'acknowledge': {
        const stored = underWay.get(`${message.scopeId} ${message.sequence}`);
        if (stored !== undefined) {
          heads.set(message.scopeId, stored);
          counters.hit(`hostile ${stored.name} stored by the relay`);
        }
        return undefined;
      }
      case 'error':
        if (message.about === 'push') {
          counters.hit(`hostile ${lastName ?? 'nothing'} refused by the relay`);
        }
        return undefined;
      default:
        return undefined;
    }
  }

  function ping(): void {
    if (isOn) {
      send({ type: 'ping' });
      timeline.after(pingMs, ping);
    }
  }

  function make(name: HostileName, scopeId: ScopeId): Uint8Array | undefined {
    const log = logAt(world.relay.disk, scopeId);
    if (log === undefined) {
      return undefined;
    }
    const head = heads.get(scopeId) ?? world.relay.disk.head(scopeId, keys.deviceId);
    const entries = world.relay.disk.entries(scopeId, 0, Number.MAX_SAFE_INTEGER);
    return hostileBatch(name, {
      keys,
      userId,
      log,
      sequence: (head?.sequence ?? 0) + 1,
      previous: head?.batchId ?? null,
      epochKeys: openEpochKeys({ state: log, entries, recipient: keys.deviceId, box: keys.box }).keys,
      nowMs: Math.floor(timeline.nowMs),
      token: `x${++token}`,
      random: isAside(name) ? trust.claims : random,
      others: relayHeads(scopeId, log),
      reviewed: reviewed(),
    });
  }

  /** How far the relay holds the chains of everybody else. */
  function relayHeads(scopeId: ScopeId, log: ScopeState): ReadonlyMap<DeviceId, number> {
    const others = [...log.members.keys()].filter((deviceId) => deviceId !== keys.deviceId);
    return new Map(others.map((deviceId) => [deviceId, world.relay.disk.head(scopeId, deviceId)?.sequence ?? 0]));
  }

  /** What an enrolled device reads of a record that people review. */
  function reviewed(): ReviewedRecord {
    const { disk } = random.pick(world.devices);
    const id = random.pick(['s1', 's2']) as RecordId;
    const row = disk.records.get(shell, id);
    const others = disk.history.list(shell, id).filter(({ deviceId }) => deviceId !== keys.deviceId);
    return {
      id,
      heads: row === undefined || row === 'damaged' ? [] : row.heads,
      words: others.map(({ changeId }) => changeId),
    };
  }

  /** Straight into a delivery, past a relay that would refuse it. */
  function smuggle(name: HostileName, scopeId: ScopeId, bytes: Uint8Array): void {
    world.relay.inject(random.pick(world.devices).index, scopeId, { name: `smuggle ${name}`, bytes });
  }

  function push(name: HostileName, scopeId: ScopeId, bytes: Uint8Array): void {
    const decoded = decodeBatch(bytes);
    if (decoded.ok) {
      const { header, batchId } = decoded.value;
      underWay.set(`${scopeId} ${header.sequence}`, { sequence: header.sequence, batchId, name });
    }
    lastName = name;
    counters.hit(`hostile ${name}`);
    send({ type: 'push', scopeId, batches: [bytes] });
  }

  return {
    start() {
      isOn = true;
      dial();
      timeline.after(pingMs, ping);
    },
    attack(name, scopeId) {
      const first = make(name, scopeId);
      if (first === undefined) {
        return false;
      }
      world.trace.note(`hostile ${name}`, first);
      if (!isAside(name) && trust.swarm.kind === 'lying_relay' && random.chance(0.5)) {
        smuggle(name, scopeId, first);
      } else {
        push(name, scopeId, first);
      }
      const second = name === 'equivocation' ? make(name, scopeId) : undefined;
      if (second !== undefined) {
        push(name, scopeId, second);
      }
      return true;
    },
    show(name, scopeId) {
      const bytes = make(name, scopeId);
      for (const device of bytes === undefined ? [] : world.devices) {
        world.relay.inject(device.index, scopeId, { name: `smuggle ${name}`, bytes: bytes as Uint8Array });
      }
    },
    stop() {
      isOn = false;
      ends?.closed('gone');
      ends = undefined;
    },
  };
}

function isAside(name: HostileName): boolean {
  return (sideNames as readonly string[]).includes(name);
}
