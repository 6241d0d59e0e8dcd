import type { BatchId, DeviceId, ScopeId } from '../../src/base/ids.ts';
import type { SyncEvent } from '../../src/contract/events.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { decodeMeta } from '../../src/log/meta.ts';
import { openBatch } from '../../src/log/sealing.ts';
import type { AlarmKind, Alarm } from '../../src/replica/names/alarm.ts';
import type { Device } from './device.ts';
import { logOn } from './membership-logs.ts';
import { peersOf } from './peers.ts';
import type { World } from './world.ts';

/** What devices met that must have raised an alarm, and the alarms that they told of. */
export interface AlarmWatch {
  told(device: number, event: SyncEvent): void;
  /** One of these devices must have an alarm of this kind in the end, unless `about` is out by then. */
  expect(devices: readonly number[], kind: AlarmKind, scopeId: ScopeId, why: string, about?: number): void;
  /** Another disk was put in: what was told before is gone with the old one. */
  forget(device: number): void;
  /** Invariant 23, once everything is over. */
  check(world: World): void;
}

interface Expectation {
  readonly devices: readonly number[];
  readonly kind: AlarmKind;
  readonly scopeId: ScopeId;
  readonly why: string;
  readonly about: number | undefined;
}

export function createAlarmWatch(): AlarmWatch {
  const raised = new Map<number, Set<string>>();
  /** Also of devices that are gone by the end. */
  const heard = new Set<string>();
  let expectations: Expectation[] = [];

  return {
    told(device, event) {
      if (event.type === 'alarm.raised') {
        raised.set(device, (raised.get(device) ?? new Set()).add(String(event.data['id'])));
        heard.add(`${device} ${String(event.data['kind'])} ${String(event.data['scopeId'])}`);
      }
    },
    expect(devices, kind, scopeId, why, about) {
      const isKnown = expectations.some(
        (other) => other.kind === kind && other.scopeId === scopeId && String(other.devices) === String(devices),
      );
      if (!isKnown) {
        expectations.push({ devices, kind, scopeId, why, about });
      }
    },
    forget(device) {
      raised.delete(device);
      expectations = expectations.filter(({ devices }) => !devices.includes(device));
    },
    check(world) {
      const peers = peersOf(world).filter(({ process }) => process !== undefined);
      for (const device of peers) {
        const kept = new Set((device.process?.replica.alarms() ?? []).map(({ id }) => id));
        const lost = [...(raised.get(device.index) ?? [])].filter((id) => !kept.has(id));
        if (lost.length > 0) {
          world.report(23, `device ${device.index} forgot ${lost.length} of the alarms that it had raised`);
        }
      }
      for (const { devices, kind, scopeId, why, about } of expectations) {
        const isIn = about === undefined || peers.some(({ index }) => index === about);
        const asked = isIn ? peers.filter(({ index }) => devices.includes(index)) : [];
        world.counters.hit(`alarm ${kind} due`, asked.length > 0 ? 1 : 0);
        const isRaised = devices.some((device) => heard.has(`${device} ${kind} ${scopeId}`));
        const able = world.devices.filter(({ index }) => devices.includes(index));
        if (asked.length > 0 && !isRaised && !able.some((device) => hasAlarm(device, kind, scopeId))) {
          world.report(23, `${why}, and nobody raised ${kind}`);
        }
      }
    },
  };
}

export function hasAlarm(device: Device, kind: AlarmKind, scopeId: ScopeId, about?: DeviceId): boolean {
  return (device.process?.replica.alarms() ?? []).some(
    (alarm) => alarm.kind === kind && alarm.scopeId === scopeId && (about === undefined || alarm.deviceId === about),
  );
}

/** Invariant 23: who is told of another batch than the one it holds under a number knows that somebody lies. */
export function checkForksFound(world: World): void {
  for (const device of peersOf(world)) {
    for (const { scopeId } of [world.household.profile, world.household.workspace]) {
      const told = toldTo(world, device, scopeId);
      const ever = told.length === 0 ? [] : toldTo(world, device, scopeId, new Map());
      for (const { from, author, sequence, batchId } of told) {
        // Of what one tells before the batch itself arrives, only the furthest is remembered.
        const isFurthest = ever.every(
          (other) => other.from !== from || other.author !== author || other.sequence <= sequence,
        );
        const held = device.disk.log.get(scopeId, author, sequence);
        const counts = believes(device, scopeId, from) && believes(device, scopeId, author);
        if (!isFurthest || held === undefined || held.batchId === batchId || !counts) {
          continue;
        }
        const isFound =
          hasAlarm(device, 'device_equivocation', scopeId, author) || hasAlarm(device, 'peer_fork', scopeId, author);
        world.counters.hit('fork told of');
        if (!isFound) {
          world.report(23, `device ${device.index} was told of another batch ${sequence} of ${author} than it holds`);
        }
      }
    }
  }
}

/** Invariant 23, before the relay repents: what a peer told of and the relay keeps back is known to be kept back. */
export function checkWithheld(world: World): void {
  for (const device of peersOf(world)) {
    const state = device.process?.session.state;
    for (const { scopeId } of [world.household.profile, world.household.workspace]) {
      if (state?.state !== 'online' || state.scopes[scopeId]?.caughtUp !== true) {
        continue;
      }
      for (const { from, author, sequence } of toldTo(world, device, scopeId)) {
        const held = device.disk.log.heads(scopeId).get(author)?.sequence ?? 0;
        const isRevoked = logOn(device.disk, scopeId).members.get(author)?.revoked !== null;
        const counts = believes(device, scopeId, from) && believes(device, scopeId, author);
        if (sequence <= held || isRevoked || world.trust.distrusted.has(author) || !counts) {
          continue;
        }
        world.counters.hit('withheld batch told of');
        if (!hasAlarm(device, 'withheld', scopeId, author)) {
          world.report(23, `device ${device.index} was told of a batch that the relay keeps back, and raised nothing`);
        }
        const claims = openAlarms(device, scopeId).flatMap((alarm) =>
          alarm.kind === 'withheld' && alarm.deviceId === author ? (alarm.claims ?? []) : [],
        );
        world.counters.hit(`withheld batch told of by ${claims.length > 1 ? 'several' : 'one'}`);
        if (!claims.some((claim) => claim.by === from && claim.sequence >= sequence)) {
          world.report(40, `device ${device.index} no longer says that ${from} told of a batch of ${author}`);
        }
      }
    }
  }
}

/** Invariant 40: what one device said of others goes when it is revoked, or was seen to sign twice. */
export function checkClaims(world: World): void {
  for (const device of peersOf(world)) {
    for (const { scopeId } of [world.household.profile, world.household.workspace]) {
      for (const { kind, claims } of openAlarms(device, scopeId)) {
        world.counters.hit('alarm that rests on a word', claims === null ? 0 : 1);
        for (const { by } of claims ?? []) {
          if (!believes(device, scopeId, by)) {
            world.report(40, `device ${device.index} goes on saying ${kind} on the word of ${by}, which is out`);
          }
        }
        const isWord = kind === 'withheld' || kind === 'peer_fork';
        if (claims?.length === 0 || (isWord && claims === null)) {
          world.report(40, `device ${device.index} says ${kind} on nobody's word`);
        }
      }
      if (logOn(device.disk, scopeId).members.get(world.household.attacker.deviceId)?.revoked) {
        world.counters.hit('word of a revoked device looked for');
      }
    }
  }
}

function openAlarms(device: Device, scopeId: ScopeId): readonly Alarm[] {
  const alarms = device.process?.replica.alarms() ?? [];
  return alarms.filter((alarm) => alarm.scopeId === scopeId && alarm.clearedMs === null);
}

function believes(device: Device, scopeId: ScopeId, from: DeviceId): boolean {
  const isOut = logOn(device.disk, scopeId).members.get(from)?.revoked !== null;
  const isIsolated = openAlarms(device, scopeId).some(
    ({ kind, deviceId }) => kind === 'device_equivocation' && deviceId === from,
  );
  return !isOut && !isIsolated;
}

interface Told {
  readonly from: DeviceId;
  readonly author: DeviceId;
  readonly sequence: number;
  readonly batchId: BatchId;
}

/** What the others said in their batches that they hold, since the process started: it remembers no longer. */
function toldTo(
  { trust }: World,
  device: Device,
  scopeId: ScopeId,
  before = trust.headsAtStart.get(`${device.index} ${scopeId}`),
): readonly Told[] {
  const told: Told[] = [];
  for (const from of device.disk.log.heads(scopeId).keys()) {
    const known = before?.get(from)?.sequence ?? 0;
    for (const { bytes } of device.disk.log.after(scopeId, from, known, Number.MAX_SAFE_INTEGER)) {
      const batch = decodeBatch(bytes);
      const key = batch.ok ? device.disk.scopes.epochKey(scopeId, batch.value.header.epoch) : undefined;
      const opened = batch.ok && key !== undefined ? openBatch(batch.value, key) : undefined;
      const meta = opened?.ok === true ? decodeMeta(opened.value[0] as Uint8Array) : undefined;
      for (const [author, [sequence, batchId]] of Object.entries(meta?.ok === true ? meta.value.frontier : {})) {
        if (author !== device.keys.deviceId && author !== from) {
          told.push({ from, author: author as DeviceId, sequence, batchId });
        }
      }
    }
  }
  return told;
}
