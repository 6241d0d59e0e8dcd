import { type BatchId, type DeviceId, type ScopeId } from '../../src/base/ids.ts';
import { decodeBatch } from '../../src/log/header.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import type { Store } from '../../src/store/ground/port.ts';
import type { Report } from './findings.ts';

/** Remembers, outside of every process, what was promised to whom. */
export interface Witness {
  /** A device told its writer that this batch is durable. */
  written(device: number, scopeId: ScopeId, bytes: Uint8Array): void;
  /** The relay tells a device that its chain is durable up to here: it has to be, already. */
  confirmed(deviceId: DeviceId, scopeId: ScopeId, sequence: number, disk: RelayStore): void;
  /** Looks at a device's disk: nothing that it held before has changed or gone. */
  lookAt(device: number, self: DeviceId, disk: Store): void;
  /** `isOwed` says of whom the relay must still hold what it confirmed. */
  lookAtRelay(disk: RelayStore, isOwed: (deviceId: DeviceId, scopeId: ScopeId, sequence: number) => boolean): void;
  /** A device came back with an old disk: what never reached the relay is gone, and its numbers are free again. */
  restored(device: number, deviceId: DeviceId, relayDisk: RelayStore): void;
  /** Two machines hold these keys, or whoever holds them means harm: nothing binds its batches. */
  distrust(deviceId: DeviceId): void;
}

const everything = Number.MAX_SAFE_INTEGER;

export function createWitness(report: Report): Witness {
  /** The one batch that a device may have at a sequence. */
  const bound = new Map<string, BatchId>();
  const writtenBy = new Map<
    number,
    { readonly scopeId: ScopeId; readonly deviceId: DeviceId; readonly sequence: number; readonly batchId: BatchId }[]
  >();
  const confirmedTo = new Map<
    string,
    { readonly deviceId: DeviceId; readonly scopeId: ScopeId; readonly sequence: number }
  >();
  const seenOn = new Map<string, BatchId[]>();
  const distrusted = new Set<DeviceId>();
  /** Devices that may take back what they sealed and never sent: their own chains are known by what the relay has. */
  const restored = new Set<number>();

  function bind(scopeId: ScopeId, deviceId: DeviceId, sequence: number, batchId: BatchId, where: string): void {
    const place = placeOf(scopeId, deviceId, sequence);
    if (distrusted.has(deviceId)) {
      return;
    }
    const before = bound.get(place);
    if (before !== undefined && before !== batchId) {
      report(6, `${where}: two batches of one device at sequence ${sequence}`);
    }
    bound.set(place, batchId);
  }

  return {
    written(device, scopeId, bytes) {
      const decoded = decodeBatch(bytes);
      if (decoded.ok && !restored.has(device)) {
        const { header, batchId } = decoded.value;
        const { deviceId, sequence } = header;
        bind(scopeId, deviceId, sequence, batchId, `device ${device}`);
        writtenBy.set(device, [...(writtenBy.get(device) ?? []), { scopeId, deviceId, sequence, batchId }]);
      }
    },
    confirmed(deviceId, scopeId, sequence, disk) {
      const key = `${scopeId} ${deviceId}`;
      if (headOf(disk, scopeId, deviceId) < sequence) {
        report(4, `the relay confirmed batch ${sequence} of ${deviceId}, which it does not hold`);
      }
      const before = confirmedTo.get(key)?.sequence ?? 0;
      confirmedTo.set(key, { deviceId, scopeId, sequence: Math.max(before, sequence) });
    },
    lookAt(device, self, disk) {
      // A copied device may find its numbers taken by its copy: what it had not sent is sealed again behind them.
      const mayTakeBack = restored.has(device) || distrusted.has(self);
      for (const { scopeId, deviceId, sequence, batchId } of distrusted.has(self)
        ? []
        : (writtenBy.get(device) ?? [])) {
        if (disk.log.get(scopeId, deviceId, sequence)?.batchId !== batchId) {
          report(3, `device ${device} lost its acknowledged batch ${sequence}`);
        }
      }
      for (const scopeId of disk.scopes.list()) {
        const chains = [...disk.log.heads(scopeId).keys()];
        for (const deviceId of chains.filter((author) => !mayTakeBack || author !== self)) {
          const key = `${device} ${scopeId} ${deviceId}`;
          const now = disk.log.after(scopeId, deviceId, 0, everything);
          const before = seenOn.get(key) ?? [];
          if (before.some((batchId, index) => now[index]?.batchId !== batchId)) {
            report(5, `device ${device}: the log of ${deviceId} lost or changed what it held`);
          }
          now.forEach(({ sequence, batchId }, index) => {
            if (sequence !== index + 1) {
              report(5, `device ${device}: the chain of ${deviceId} has a gap before ${sequence}`);
            }
            bind(scopeId, deviceId, sequence, batchId, `disk of device ${device}`);
          });
          seenOn.set(
            key,
            now.map(({ batchId }) => batchId),
          );
        }
      }
    },
    restored(device, deviceId, relayDisk) {
      restored.add(device);
      for (const key of [...seenOn.keys()].filter((name) => name.startsWith(`${device} `))) {
        seenOn.delete(key);
      }
      const known = writtenBy.get(device) ?? [];
      const reached = known.filter(({ scopeId, sequence }) => sequence <= headOf(relayDisk, scopeId, deviceId));
      for (const { scopeId, sequence } of known.filter((one) => !reached.includes(one))) {
        bound.delete(placeOf(scopeId, deviceId, sequence));
      }
      writtenBy.set(device, reached);
    },
    distrust(deviceId) {
      distrusted.add(deviceId);
    },
    lookAtRelay(disk, isOwed) {
      for (const { deviceId, scopeId, sequence } of confirmedTo.values()) {
        if (isOwed(deviceId, scopeId, sequence) && headOf(disk, scopeId, deviceId) < sequence) {
          report(4, `the relay lost batch ${sequence} of ${deviceId}, which it had confirmed`);
        }
        for (let at = 1; at <= sequence; at++) {
          const batchId = disk.batchIdAt(scopeId, deviceId, at);
          if (batchId !== undefined) {
            bind(scopeId, deviceId, at, batchId, 'the relay');
          }
        }
      }
    },
  };
}

function placeOf(scopeId: ScopeId, deviceId: DeviceId, sequence: number): string {
  return `${scopeId} ${deviceId} ${sequence}`;
}

function headOf(disk: RelayStore, scopeId: ScopeId, deviceId: DeviceId): number {
  return disk.head(scopeId, deviceId)?.sequence ?? 0;
}
