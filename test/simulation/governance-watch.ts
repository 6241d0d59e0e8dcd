import type { ScopeId } from '../../src/base/ids.ts';
import { changeIdOf, decodeChange } from '../../src/log/change.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { openBatch } from '../../src/log/sealing.ts';
import type { Counters } from './counters.ts';
import type { Device } from './device.ts';
import { expectedDecision } from './expected-policy.ts';
import type { Report } from './findings.ts';
import type { Governance } from './governance.ts';
import { braked } from './work-brake.ts';
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
  const checks = [watchGates(watching, device, scopeId, batches), watchBrake(watching, device, scopeId, batches)];
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

/** The brake: one arrival takes no more live records away than may go without asking. */
function watchBrake(
  { report, counters, governance }: Watching,
  device: Device,
  scopeId: ScopeId,
  batches: readonly Uint8Array[],
): () => void {
  const { share, minimum } = governance.swarm.brake;
  const state = device.process?.session.state;
  const isLive = state?.state === 'online' && state.scopes[scopeId]?.caughtUp === true;
  if (share === undefined || minimum === undefined || !isLive) {
    return () => undefined;
  }
  const live = (): readonly number[] => braked.map((name) => device.disk.records.counts(name).live);
  const [before, heldBefore] = [live(), heldBrakes(device)];
  return () => {
    const after = live();
    const authors = new Set(batches.map(authorOf)).size;
    counters.hit('brake held', heldBrakes(device) > heldBefore ? 1 : 0);
    braked.forEach((name, at) => {
      const [was, is] = [before[at] ?? 0, after[at] ?? 0];
      const allowed = Math.max(Math.floor(share * was + 1e-7), minimum - 1) * authors;
      if (was - is > allowed) {
        report('brake', `device ${device.index}: ${was - is} of ${was} records of ${name} went, and ${allowed} may`);
      }
    });
  };
}

function heldBrakes({ disk }: Device): number {
  return braked.flatMap((name) => disk.reviews.openOf(name, '*' as never)).length;
}

function authorOf(bytes: Uint8Array): string {
  const batch = decodeBatch(bytes);
  return batch.ok ? batch.value.header.deviceId : '';
}
