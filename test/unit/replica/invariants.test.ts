import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchId, CollectionName, ScopeId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { type PolicyDocument, documentOf } from '../../../src/policy/document.ts';
import { type EffectivePolicy, effectivePolicy } from '../../../src/policy/effective.ts';
import { rebind } from '../../helpers/rebind.ts';
import { type Devices, batchesBy, setupDevices } from '../../helpers/setup-pair.ts';
import { type TestDevice, createTestDevice } from '../../helpers/test-device.ts';
import { createRandom } from '../../simulation/random.ts';
import { answersOf } from './policy-answers.ts';
import { everythingOn, historyOf, isAuditWhole, sharedState } from './device-state.ts';
import {
  type Step,
  conflictsOn,
  converge,
  decideEverything,
  isHeldForPolicy,
  mergedState,
  steps,
  take,
} from './random-steps.ts';
import { runs } from '../../helpers/suite.ts';

const merged = ['presence', 'workspace', 'ledger', 'policy'];
const reviewed = ['shell', 'memory'];
const settings = { numRuns: runs(6, 12), seed: 20_260_101 };

describe('random operations of three devices', () => {
  it('70 (invariants 1, 8, 11) equal sets of changes give equal records and conflicts everywhere, with every loser readable', () => {
    forAll((world) => {
      converge(world);
      expect(new Set(world.all.map(mergedState)).size).toBe(1);
      expect(new Set(world.all.map(conflictsOn)).size).toBe(1);
      for (const device of world.all) {
        for (const item of device.reviews()) {
          const known = device.replica.history(item.collection, item.recordId).map(({ change }) => change.changeId);
          expect(known).toEqual(expect.arrayContaining([...item.changes]));
        }
      }
    });
  });

  it('70 (invariants 1, 25) once everything is decided, reviewed collections are equal too', () => {
    forAll((world) => {
      converge(world);
      decideEverything(world);
      expect(new Set(world.all.map((device) => sharedState(device, [...merged, ...reviewed]))).size).toBe(1);
      expect(world.all.flatMap((device) => device.reviews())).toEqual([]);
    });
  });

  it('71 (invariant 7) every batch once more has no effect', () => {
    forAll((world) => {
      converge(world);
      for (const device of world.all) {
        const before = everythingOn(device);
        for (const scopeId of [world.profile, world.workspace]) {
          const batches = world.all.flatMap((author) => batchesBy(author, scopeId));
          const report = device.replica.receive(scopeId, batches);
          expect(report).toMatchObject({ appended: 0, duplicates: batches.length, askAgain: false, refusals: [] });
        }
        expect(everythingOn(device)).toEqual(before);
      }
    });
  });

  it('71 (invariants 8, 9, 10) a device made anew from the log, in another order, holds the same', () => {
    forAll((world, seed) => {
      converge(world);
      for (const device of world.all) {
        const fresh = replayed(world, device, seed);
        expect(sharedState(fresh, [...merged, ...reviewed])).toBe(sharedState(device, [...merged, ...reviewed]));
        expect(conflictsOn(fresh)).toBe(conflictsOn(device));
        for (const name of merged) {
          const dispositions = (of: TestDevice): readonly string[] => [...historyOf(of, name as CollectionName)].sort();
          expect(dispositions(fresh), name).toEqual(dispositions(device));
        }
      }
    });
  });

  it('72 (invariants 5, 6) logs only grow, and a device and sequence bind one batch', () => {
    const bound = new Map<string, BatchId>();
    forAll(
      (world) => expectBound(world, bound),
      (world) => expectBound(world, bound),
      () => bound.clear(),
    );
  });

  it('73 (invariant 24) what is held has no effect', () => {
    const check = (world: Devices): void => {
      for (const device of world.all) {
        for (const { changeId } of device.held()) {
          const disposition = changeId === null ? undefined : device.disk.history.get(changeId)?.disposition;
          expect(disposition).toBe('waiting');
        }
        const live = device.disk.records.list('inbox' as CollectionName, { cursor: null, limit: 100 }).items;
        for (const row of live) {
          const counts = device.disk.history.get(row.version);
          expect(counts?.disposition).toBe('applied');
        }
      }
    };
    forAll(check, check);
  });

  it('73 (invariant 25) a review leaves the queue only when a change in the log answers or overtakes it', () => {
    const open = new Map<string, { readonly device: TestDevice; readonly id: string; readonly known: number }>();
    const check = (world: Devices): void => {
      for (const { device, id, known } of open.values()) {
        const item = device.disk.reviews.get(id);
        if (item !== undefined && item.status !== 'open') {
          expect(device.replica.history(item.collection, item.recordId).length).toBeGreaterThan(known);
          open.delete(`${device.index} ${id}`);
        }
        expect(item).toBeDefined();
      }
      for (const device of world.all) {
        // What policy holds leaves with the policy, or by a release.
        for (const { id, collection, recordId } of device.reviews().filter((item) => !isHeldForPolicy(item))) {
          const known = device.replica.history(collection, recordId).length;
          open.set(`${device.index} ${id}`, { device, id, known });
        }
      }
    };
    forAll(check, check, () => open.clear());
  });

  it('73 (invariant 25) what was ever queued is open or decided, and told of as often', () => {
    const check = (world: Devices): void => {
      for (const device of world.all) {
        const told = new Map<string, number>();
        for (const { type, data } of device.events) {
          const step = /^(review\.opened|conflict\.detected)$/.test(type) ? 1 : type.endsWith('.resolved') ? -1 : 0;
          told.set(String(data['id']), (told.get(String(data['id'])) ?? 0) + step);
        }
        const queued = [...told].filter(([id]) => id.startsWith('rv_'));
        const items = queued.flatMap(([id]) => device.disk.reviews.get(id) ?? []);
        const open = items.filter(({ status }) => status === 'open');
        const decided = items.filter(({ status }) => status !== 'open');
        expect(queued.length).toBe(open.length + decided.length);
        expect(
          device
            .reviews()
            .map(({ id }) => id)
            .sort(),
        ).toEqual(open.map(({ id }) => id).sort());
        for (const [id, balance] of queued) {
          expect([id, balance]).toEqual([id, open.some((item) => item.id === id) ? 1 : 0]);
        }
      }
    };
    forAll(check, check);
  });

  it('74 (invariants 13, 14) the audit chain verifies and no secret is anywhere but where it was typed', () => {
    forAll((world) => {
      for (const device of world.all) {
        expect(isAuditWhole(device)).toBe(true);
        const told = JSON.stringify([everythingOn(device), device.disk.audit.read(0, 100_000), device.events]);
        expect(told).not.toContain('canary');
        for (const scopeId of device.disk.scopes.list()) {
          for (const [deviceId, { sequence }] of device.disk.log.heads(scopeId)) {
            const sent = device.disk.log.after(scopeId, deviceId, 0, Number.MAX_SAFE_INTEGER);
            expect(sent).toHaveLength(sequence);
          }
        }
        const changes = ['secrets' as CollectionName].flatMap((name) => historyOf(device, name));
        expect(changes).toEqual([]);
      }
    });
  });

  it('75 (invariant 15) the policy in force is at every step that of the records, and the join of what arrived', () => {
    const check = (world: Devices): void => {
      for (const device of world.all) {
        const held = answersOf(device.replica.policy());
        expect(held).toEqual(answersOf(device.beside().policy()));
        expect(held).toEqual(answersOf(joinedPolicy(device)));
      }
    };
    forAll((world, seed) => {
      converge(world);
      check(world);
      for (const device of world.all) {
        expect(answersOf(replayed(world, device, seed).replica.policy())).toEqual(answersOf(device.replica.policy()));
      }
    }, check);
  });
});

/** Runs random steps, looks after each one where asked to, and at the end. */
function forAll(
  atEnd: (world: Devices, seed: number) => void,
  afterEach: (world: Devices) => void = () => undefined,
  before: () => void = () => undefined,
): void {
  fc.assert(
    fc.property(steps, fc.nat(1_000_000), (taken: readonly Step[], seed) => {
      before();
      const world = setupDevices(3);
      for (const device of world.all) {
        rebind(device, 'policy', { scope: 'workspace' });
      }
      for (const step of taken) {
        take(world, step);
        afterEach(world);
      }
      atEnd(world, seed);
    }),
    settings,
  );
}

/** What the documents that count say by the lattice alone: of each record the highest generation, joined with the rest. */
function joinedPolicy(device: TestDevice): EffectivePolicy {
  const rows = device.disk.records.list('policy' as CollectionName, { cursor: null, limit: 100 }).items;
  const documents = rows.flatMap(({ id, deviceId }) => {
    const stated = device.replica
      .history('policy' as CollectionName, id)
      .filter(({ disposition }) => disposition === 'applied' || disposition === 'superseded')
      .map(({ change }) => documentOf(change.value as JsonObject) as PolicyDocument);
    const highest = Math.max(...stated.map(({ generation }) => generation));
    // Equal generations stand side by side here: joining is what the policy in force does with documents.
    return stated
      .filter(({ generation }) => generation === highest)
      .map((document) => ({ layer: document.layer, source: id, document, isRemote: deviceId !== device.replica.self }));
  });
  return effectivePolicy(documents);
}

/** A device with the same keys and an empty disk that learns everything in an order of its own. */
function replayed(world: Devices, device: TestDevice, seed: number): TestDevice {
  const random = createRandom(seed, 'order');
  const { household } = world;
  const fresh = createTestDevice({
    ...{ household, index: device.index, nowMs: () => world.clock.nowMs },
    randomBytes: random.bytes,
    wrapStore: (disk) => disk,
  });
  rebind(fresh, 'policy', { scope: 'workspace' });
  for (const scopeId of [world.profile, world.workspace]) {
    const chains = world.all.map((author) => [...batchesBy(author, scopeId)]);
    for (
      let left = chains.filter((chain) => chain.length > 0);
      left.length > 0;
      left = left.filter((chain) => chain.length > 0)
    ) {
      const chain = random.pick(left);
      fresh.replica.receive(scopeId, chain.splice(0, 1 + random.below(3)));
    }
  }
  fresh.replica.policyChanged();
  return fresh;
}

function expectBound(world: Devices, bound: Map<string, BatchId>): void {
  for (const device of world.all) {
    for (const scopeId of [world.profile, world.workspace] as readonly ScopeId[]) {
      for (const author of device.disk.log.heads(scopeId).keys()) {
        for (const { sequence, batchId } of device.disk.log.after(scopeId, author, 0, Number.MAX_SAFE_INTEGER)) {
          const name = `${scopeId} ${author} ${sequence}`;
          expect(bound.get(name) ?? batchId, name).toBe(batchId);
          bound.set(name, batchId);
        }
      }
    }
  }
}
