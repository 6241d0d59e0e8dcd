import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { pointerTo } from '../../../src/base/json-pointer.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import type { Choice, ReviewItem } from '../../../src/contract/review.ts';
import type { Intent } from '../../../src/contract/strategy.ts';
import { released } from '../../../src/merge/plain/released.ts';
import { type Device, type Setting, createDevice, manifestOf, plainEngine, sharedState } from './world.ts';
import { runs } from '../../helpers/suite.ts';

const settings: Readonly<Record<string, Setting>> = {
  graph_merge: { manifest: manifestOf('graph_merge') },
  'graph_merge with dangerous fields': { manifest: manifestOf('graph_merge', { dangerousFields: ['a'] }) },
  'graph_merge with texts': { manifest: manifestOf('graph_merge'), textPaths: ['/a', '/c/k'] },
  'graph_merge with dangerous texts': {
    manifest: manifestOf('graph_merge', { dangerousFields: ['a', 'c'] }),
    textPaths: ['/a', '/c/k'],
  },
  crdt: { manifest: manifestOf('crdt'), textPaths: ['/b'] },
  manual_review: { manifest: manifestOf('manual_review') },
  'manual_review per device': { manifest: manifestOf('manual_review'), reviewMode: 'per_device' },
  signed_authority_required: { manifest: manifestOf('signed_authority_required') },
  'signed_authority_required with generations and dangerous fields': {
    manifest: manifestOf('signed_authority_required', { dangerousFields: ['a'] }),
    generations: { A: 2, B: 1, C: 2 },
  },
  append_only: { manifest: manifestOf('append_only') },
  released: { manifest: manifestOf('quarantine'), strategy: released },
};

type Step =
  | { readonly do: 'write'; readonly by: number; readonly intent: Intent }
  | { readonly do: 'decide'; readonly by: number; readonly choice: Choice; readonly which: number }
  | { readonly do: 'advance'; readonly by: number; readonly ticks: number }
  | { readonly do: 'exchange'; readonly from: number; readonly to: number };

const leaf = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom('x', 'xy', 'zx', 'x\ny', 'x\ny\nz'),
  fc.constant([1]),
);
const member = fc.constantFrom('a', 'b', 'c', '__proto__');
const nested = fc.oneof(leaf, fc.dictionary(fc.constantFrom('k', 'l'), leaf, { maxKeys: 2 }));
const fields = fc.array(fc.tuple(member, nested), { maxLength: 3 }).map((entries) => {
  const object: JsonObject = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
});
const path = fc.oneof(member, fc.constantFrom('c/k', 'c/l')).map((name) => name.split('/').reduce(pointerTo, ''));
const operation = fc.oneof(
  fc.record({ op: fc.constant('add' as const), path, value: nested }),
  fc.record({ op: fc.constant('remove' as const), path }),
);
const intent: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('put' as const), fields }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('patch' as const), patch: fc.array(operation, { maxLength: 2 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'remove' as const }) },
);
const by = fc.integer({ min: 0, max: 2 });
const choice: fc.Arbitrary<Choice> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom({ kind: 'accept' as const }, { kind: 'reject' as const }) },
  { weight: 2, arbitrary: fc.constantFrom({ kind: 'undo' as const }, { kind: 'keep_both' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('merge' as const), fields: fc.option(fields) }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), by, intent }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      by,
      choice,
      which: fc.nat(3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('advance' as const), by, ticks: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('exchange' as const), from: by, to: by }) },
);

interface Run {
  readonly devices: readonly Device[];
  readonly changes: readonly LoggedChange[];
}

function run(steps: readonly Step[], setting: Setting): Run {
  const devices = ['A', 'B', 'C'].map((name) => createDevice(name, setting));
  const changes: LoggedChange[] = [];
  for (const next of steps) {
    const device = devices['by' in next ? next.by : next.from] as Device;
    if (next.do === 'exchange') {
      give(
        devices[next.to] as Device,
        changes.filter((change) => device.disposition(change) !== undefined),
      );
    } else if (next.do === 'advance') {
      device.advance(next.ticks);
    } else {
      changes.push(
        ...[
          (next.do === 'write' ? device.write(next.intent) : device.decide(next.choice, itemFor(device, next))) ?? [],
        ].flat(),
      );
    }
  }
  for (const device of devices) {
    give(device, changes);
  }
  return { devices, changes };
}

/** What is undone need not be open; anything else is decided about what waits. */
function itemFor(device: Device, { choice, which }: Extract<Step, { do: 'decide' }>): ReviewItem | undefined {
  const items = choice.kind === 'undo' ? device.items() : device.open();
  return items[which % Math.max(items.length, 1)];
}

function give(device: Device, changes: readonly LoggedChange[]): void {
  for (const change of changes) {
    if (device.disposition(change) === undefined) {
      device.receive(change);
    }
  }
}

function seen(device: Device): unknown {
  const row = device.row();
  const open = device.open().map(({ id, changes }) => ({ id, changes }));
  return {
    shared: sharedState(device),
    open: open.sort((left, right) => (left.id < right.id ? -1 : 1)),
    counts: [row?.openReviews, row?.openConflicts],
    strategyState: device.context().manifest.mergeStrategy === 'quarantine' ? null : row?.strategyState,
  };
}

for (const [name, setting] of Object.entries(settings)) {
  describe(`laws of ${name}`, () => {
    it('2 the state depends on the set of changes, not on order or repetition', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 14 }), fc.infiniteStream(fc.nat()), (steps, numbers) => {
          const { devices, changes } = run(steps, setting);
          const order = [...changes, ...changes]
            .map((change) => ({ change, place: numbers.next().value as number }))
            .sort((left, right) => left.place - right.place);
          for (const device of devices) {
            const other = createDevice(device.name, setting);
            for (const { change } of order) {
              other.receive(change);
            }
            expect(seen(other)).toEqual(seen(device));
            if (name !== 'released') {
              const fates = (one: Device): unknown =>
                changes.map((change) => [change.changeId, one.disposition(change)]);
              expect(fates(other)).toEqual(fates(device));
            }
          }
        }),
        { numRuns: runs(60, 300) },
      );
    });

    // Where each device decides for itself, they differ by design.
    it.skipIf(setting.reviewMode === 'per_device')('devices that have the same changes share one state', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
          const { devices } = run(steps, setting);
          decideAll(devices);
          const states = devices.map((device) => sharedState(device));
          expect(states[1]).toEqual(states[0]);
          expect(states[2]).toEqual(states[0]);
          expect(devices.flatMap((device) => device.open())).toEqual([]);
        }),
        { numRuns: runs(40, 200) },
      );
    });
  });
}

/** Texts that begin, change and end apart: the order in which devices hear of it must not show. */
describe.each(['crdt', 'graph_merge'] as const)('laws of texts that are written apart, %s', (strategy) => {
  const text = fc.constantFrom('a\n', 'b\n', 'a\nb\n', 'b\na\n', 'c\na\nb', 'a\nc\nb\nd\n', 'a\nx\nb\n', '');
  const wish: fc.Arbitrary<Intent> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('put' as const), fields: text.map((b): JsonObject => ({ b })) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'remove' as const }) },
  );
  const move: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), by, intent: wish }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('exchange' as const), from: by, to: by }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('decide' as const), by, choice, which: fc.nat(1) }) },
  );

  it('every order in which they arrive shows the same', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (steps, numbers) => {
        const setting: Setting = { manifest: manifestOf(strategy), textPaths: ['/b'] };
        const { devices, changes } = run(steps, setting);
        const order = changes
          .map((change) => ({ change, place: numbers.next().value as number }))
          .sort((left, right) => left.place - right.place);
        const other = createDevice('D', setting);
        give(
          other,
          order.map(({ change }) => change),
        );
        for (const device of devices) {
          expect(seen(device)).toEqual(seen(other));
        }
      }),
      { numRuns: runs(80, 400) },
    );
  });
});

/** Settles every review item, as people would: who wrote what is rejected gives in, or insists until the other does. */
function decideAll(devices: readonly Device[]): void {
  for (let round = 0; round < 60; round++) {
    const device = devices.find((candidate) => candidate.open().length > 0);
    const decision = device?.decide(round % 3 === 0 && round < 30 ? 'reject' : 'accept');
    for (const other of decision === undefined ? [] : devices) {
      give(other, [decision as LoggedChange]);
    }
  }
}

describe('nothing a person wrote is lost', () => {
  it('21 graph_merge keeps every standing value live or as an alternative', () => {
    const value = fc.integer({ min: 0, max: 9 });
    const writes = fc.array(fc.tuple(by, fc.constantFrom('a', 'b'), value), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(writes, (edits) => {
        const setting: Setting = { manifest: manifestOf('graph_merge'), engine: plainEngine };
        const devices = ['A', 'B', 'C'].map((name) => createDevice(name, setting));
        const first = devices[0]?.write({ kind: 'put', fields: { a: -1, b: -1 } }) as LoggedChange;
        give(devices[1] as Device, [first]);
        give(devices[2] as Device, [first]);
        const standing = new Map<string, { readonly name: string; readonly value: number }>();
        const changes: LoggedChange[] = [];
        for (const [who, name, number] of edits) {
          changes.push(
            (devices[who] as Device).write({
              kind: 'patch',
              patch: [{ op: 'add', path: `/${name}`, value: number }],
            }) as LoggedChange,
          );
          standing.set(`${who}${name}`, { name, value: number });
        }
        const device = devices[0] as Device;
        give(device, changes);
        for (const { name, value: written } of standing.values()) {
          const kept = device
            .open()
            .flatMap(({ alternatives }) =>
              alternatives.filter((one) => one.path === `/${name}`).map((one) => one.value),
            );
          expect([device.row()?.fields?.[name], ...kept]).toContain(written);
        }
      }),
      { numRuns: runs(40, 200) },
    );
  });
});
