import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/contract/engine.ts';
import type { Manifest } from '../../../src/contract/manifest.ts';
import type { Intent } from '../../../src/contract/strategy.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import type { CaseWrite, MergeCase } from '../../../src/merge/values/merge-case.ts';
import { createRegistry } from '../../../src/manifest/registry.ts';
import { parse, shippedSources } from '../manifest/shipped.ts';
import { type Device, createDevice } from '../merge/world.ts';

const shipped = createRegistry({ parse, sources: shippedSources() });

export const engineNames = [
  'agents',
  'audit',
  'browser',
  'clients',
  'extensions',
  'inbox',
  'memory',
  'models',
  'notes',
  'policy',
  'presence',
  'secrets',
  'shell',
  'workspace',
];

for (const name of engineNames) {
  const { engine } = (await import(`../../../engines/${name}/engine.ts`)) as { engine: Engine };
  const { cases } = (await import(`../../../engines/${name}/cases.ts`)) as { cases: readonly MergeCase[] };
  const manifest = JSON.parse(
    readFileSync(new URL(`../../../manifests/${name}.json`, import.meta.url), 'utf8'),
  ) as Manifest;

  describe(name, () => {
    it('serves the engine of its manifest', () => {
      expect(engine.engineId).toBe(manifest.engineId);
    });

    it.each(cases.map((row) => [row.title, row] as const))('%s', (_title, row) => {
      const device = played(row, manifest, engine);
      expect(device.row()?.state ?? 'none').toBe(row.state);
      if (row.fields !== undefined) {
        expect(device.row()?.fields).toEqual(row.fields);
      }
      expect(device.row()?.openReviews ?? 0).toBe(row.reviews ?? 0);
      expect(device.row()?.openConflicts ?? 0).toBe(row.conflicts ?? 0);
      expect(device.open()).toHaveLength((row.reviews ?? 0) + (row.conflicts ?? 0));
      if (row.refusal !== undefined) {
        expect(device.lastRefusal()).toBe(row.refusal);
      }
    });
  });
}

/** Plays the writes and gives everything to everybody. */
function played(row: MergeCase, manifest: Manifest, engine: Engine): Device {
  const { textPaths } = shipped.ofCollection(manifest.collection)?.recordSchema ?? { textPaths: [] };
  const setting = { manifest, engine, textPaths };
  const devices = new Map(['A', 'B', 'C'].map((name) => [name, createDevice(name, setting)]));
  const changes = new Map<string, LoggedChange>();
  const ancestors = new Map<string, readonly string[]>();
  for (const write of row.writes) {
    const seen = (write.after ?? []).flatMap((name) => [...(ancestors.get(name) ?? []), name]);
    ancestors.set(write.name, seen);
    const device = devices.get(write.by) as Device;
    for (const name of seen) {
      deliver(device, changes.get(name));
    }
    const change = write.decide === undefined ? device.write(intentOf(write)) : device.decide(write.decide);
    if (change !== undefined) {
      changes.set(write.name, change);
    }
  }
  for (const device of devices.values()) {
    for (const change of changes.values()) {
      deliver(device, change);
    }
  }
  return devices.get(row.seenBy) as Device;
}

function deliver(device: Device, change: LoggedChange | undefined): void {
  if (change !== undefined && device.disposition(change) === undefined) {
    device.receive(change);
  }
}

function intentOf(write: CaseWrite): Intent {
  if (write.put !== undefined) {
    return { kind: 'put', fields: write.put };
  }
  return write.patch === undefined ? { kind: 'remove' } : { kind: 'patch', patch: write.patch };
}
