import { hexFromBytes } from '../../src/base/bytes.ts';
import type { DeviceId, ScopeId } from '../../src/base/ids.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { currentEpoch } from '../../src/membership/parse/standing.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import type { Store } from '../../src/store/ground/port.ts';
import type { Report } from './findings.ts';
import { logAt, logOn } from './membership-logs.ts';

/** Remembers, outside of every process, how far membership and chains had come, and every key that sealed. */
export interface TrustWatch {
  /** Membership moved on a device, or batches came in. */
  lookAt(device: number, self: DeviceId, disk: Store): void;
  /** A device sealed a batch of its own. */
  sealed(device: number, bytes: Uint8Array, disk: Store): void;
  lookAtRelay(disk: RelayStore): void;
  /** Another disk was put into a device: what it held before is no measure any more. */
  forget(device: number): void;
  forgetRelay(): void;
}

interface Seen {
  readonly sequence: number;
  readonly epochs: number;
  readonly head: string;
}

const relay = 'relay';

export function createTrustWatch(report: Report): TrustWatch {
  const seen = new Map<string, Seen>();
  /** How long a revoked chain was when the revocation became known, by place and chain. */
  const lengths = new Map<string, number>();
  const salts = new Map<string, string>();

  /** Invariant 19: a log and its epochs only grow, at their end. */
  function compare(where: string, state: ScopeState): void {
    const key = `${where} ${state.scopeId}`;
    const before = seen.get(key);
    const now = { sequence: state.sequence, epochs: state.epochs.length, head: headAt(state, state.sequence) };
    if (before !== undefined && (now.sequence < before.sequence || now.epochs < before.epochs)) {
      report(19, `${where} went back from epoch ${before.epochs} to epoch ${now.epochs}`);
    } else if (before !== undefined && headAt(state, before.sequence) !== before.head) {
      report(19, `${where} changed the membership log that it held`);
    }
    seen.set(key, now);
  }

  /** Invariant 18: once a revocation is known, the chain of whom it concerns grows no further than its cut. */
  function checkRevoked(where: string, state: ScopeState, lengthOf: (deviceId: DeviceId) => number): void {
    for (const { deviceId, revoked } of state.members.values()) {
      if (revoked !== null) {
        const key = `${where} ${state.scopeId} ${deviceId}`;
        const length = lengthOf(deviceId);
        const most = Math.max(revoked.cut.sequence, lengths.get(key) ?? length);
        lengths.set(key, lengths.get(key) ?? length);
        if (length > most) {
          report(18, `${where} took batch ${length} of a revoked device, whose chain ends at ${most}`);
        }
      }
    }
  }

  /** Invariant 15: once a device is known to be a reader, its chain grows by signs of life alone. */
  function checkReaders(where: string, state: ScopeState, self: DeviceId, disk: Store): void {
    for (const { deviceId, role, grants } of state.members.values()) {
      const cut = grants.at(-1)?.cut;
      if (role !== 'reader' || deviceId === self || cut === null || cut === undefined) {
        continue;
      }
      const key = `${where} ${state.scopeId} ${deviceId} reader`;
      const length = disk.log.heads(state.scopeId).get(deviceId)?.sequence ?? 0;
      const known = Math.max(cut.sequence, lengths.get(key) ?? length);
      lengths.set(key, lengths.get(key) ?? length);
      for (const { bytes } of disk.log.after(state.scopeId, deviceId, known, Number.MAX_SAFE_INTEGER)) {
        const batch = decodeBatch(bytes);
        if (batch.ok && batch.value.header.kind !== 'heartbeat') {
          report(15, `${where} took a change of a device that may only read`);
        }
      }
    }
  }

  return {
    lookAt(device, self, disk) {
      for (const scopeId of disk.scopes.list()) {
        const where = `device ${device}`;
        const state = logOn(disk, scopeId);
        const heads = disk.log.heads(scopeId);
        compare(where, state);
        checkRevoked(where, state, (deviceId) => (deviceId === self ? 0 : (heads.get(deviceId)?.sequence ?? 0)));
        checkReaders(where, state, self, disk);
        checkKeys(report, where, state, self, disk);
      }
    },
    sealed(device, bytes, disk) {
      const decoded = decodeBatch(bytes);
      if (!decoded.ok) {
        return;
      }
      const { header, batchId } = decoded.value;
      const salt = hexFromBytes(header.salt);
      if ((salts.get(salt) ?? batchId) !== batchId) {
        report(20, `device ${device} sealed two batches under one key and nonce`);
      }
      salts.set(salt, batchId);
      const state = logOn(disk, header.scopeId);
      if (header.epoch !== currentEpoch(state).epoch || header.logSequence !== state.sequence) {
        report(19, `device ${device} sealed under epoch ${header.epoch} when ${state.epochs.length} was in force`);
      }
    },
    lookAtRelay(disk) {
      for (const scopeId of seenScopes(seen)) {
        const state = logAt(disk, scopeId);
        if (state !== undefined) {
          compare(relay, state);
          checkRevoked(relay, state, (deviceId) => disk.head(scopeId, deviceId)?.sequence ?? 0);
        }
      }
    },
    forget(device) {
      forgetOf(`device ${device} `);
    },
    forgetRelay() {
      forgetOf(`${relay} `);
    },
  };

  function forgetOf(prefix: string): void {
    for (const map of [seen, lengths]) {
      for (const key of [...map.keys()].filter((name) => name.startsWith(prefix))) {
        map.delete(key);
      }
    }
  }
}

function seenScopes(seen: ReadonlyMap<string, Seen>): ReadonlySet<ScopeId> {
  return new Set([...seen.keys()].map((key) => key.split(' ').at(-1) as ScopeId));
}

function headAt(state: ScopeState, sequence: number): string {
  return hexFromBytes(state.heads[sequence] ?? new Uint8Array());
}

/** Invariant 18: a revoked device holds no key of an epoch that began with its revocation or later. */
function checkKeys(report: Report, where: string, state: ScopeState, self: DeviceId, disk: Store): void {
  const revoked = state.members.get(self)?.revoked;
  for (const { epoch, since } of revoked === null || revoked === undefined ? [] : state.epochs) {
    if (since >= (revoked?.at ?? 0) && disk.scopes.epochKey(state.scopeId, epoch) !== undefined) {
      report(18, `${where} holds the key of epoch ${epoch}, before which it was revoked`);
    }
  }
}
