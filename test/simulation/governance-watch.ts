import type { ScopeId } from '../../src/base/ids.ts';
import { changeIdOf, decodeChange } from '../../src/log/change.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { openBatch } from '../../src/log/sealing.ts';
import type { Counters } from './counters.ts';
import type { Device } from './device.ts';
import { expectedDecision } from './expected-policy.ts';
import type { Report } from './findings.ts';
import type { Governance } from './governance.ts';
import { watchLosses } from './loss-watch.ts';
import { ruled } from './work-policy.ts';

interface Watching {
  readonly report: Report;
  readonly counters: Counters;
  readonly governance: Governance;
}

/** Looks at a device before batches come in, and says what is wrong once they have. */
export function watchReceiving(
  watching: Watching,
  device: Device,
  scopeId: ScopeId,
  batches: readonly Uint8Array[],
): () => void {
  const checks = [watchGates(watching, device, scopeId, batches), watchLosses(watching, device, scopeId)];
  return () => {
    for (const check of checks) {
      check();
    }
  };
}

/** Invariants 16 and 24: what policy denies, or wants a person to see first, has no effect when it arrives. */
function watchGates(
  { report, counters }: Watching,
  device: Device,
  scopeId: ScopeId,
  batches: readonly Uint8Array[],
): () => void {
  const gated = new Map(ruled.map((name) => [name as string, expectedDecision(device, 'write', name)]));
  if ([...gated.values()].every((decision) => decision === 'allow')) {
    return () => undefined;
  }
  const known = device.disk.log.heads(scopeId);
  return () => {
    for (const bytes of batches) {
      const batch = decodeBatch(bytes);
      const key = batch.ok ? device.disk.scopes.epochKey(scopeId, batch.value.header.epoch) : undefined;
      const opened = batch.ok && key !== undefined ? openBatch(batch.value, key) : undefined;
      if (!batch.ok || opened?.ok !== true) {
        continue;
      }
      const { deviceId, sequence } = batch.value.header;
      if (deviceId === device.keys.deviceId || sequence <= (known.get(deviceId)?.sequence ?? 0)) {
        continue;
      }
      for (const record of opened.value.slice(1)) {
        const change = decodeChange(record);
        const before = change.ok ? gated.get(change.value.collection) : undefined;
        if (!change.ok || before === undefined || before === 'allow') {
          continue;
        }
        const { collection } = change.value;
        // The same batches may have brought another policy.
        const after = expectedDecision(device, 'write', collection);
        const disposition = device.disk.history.get(changeIdOf(deviceId, record))?.disposition;
        counters.hit(`policy ${before} met`);
        if (after !== 'allow' && disposition !== undefined && disposition !== 'waiting' && disposition !== 'refused') {
          const oracle = before === 'deny' ? 16 : 24;
          report(
            oracle,
            `device ${device.index}: policy says ${before} of ${collection}, and a change is ${disposition}`,
          );
        }
      }
    }
  };
}
