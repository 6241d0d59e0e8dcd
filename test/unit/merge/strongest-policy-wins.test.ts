import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { documentOf, mostRules } from '../../../src/policy/document.ts';
import { isAtLeast } from '../../../src/policy/lattice.ts';
import { anyRule, decision } from '../policy/terms.ts';
import { type Device, changeOf, createDevice, manifestOf, sharedState } from './world.ts';
import { runs } from '../../helpers/suite.ts';

const setting = { manifest: manifestOf('strongest_policy_wins') };

/** As other devices may write it: what a local writer would be refused is among it. */
function stating(by: string, number: number, fields: JsonValue, parents: readonly LoggedChange[] = []): LoggedChange {
  const draft = { operation: 'put' as const, parents: parents.map(({ changeId }) => changeId).sort(), value: fields };
  return changeOf(by, number, draft, number, setting);
}

function policy(generation: number, rules: JsonObject, layer = 'org'): JsonObject {
  return { layer, generation, rules };
}

function receiving(...changes: readonly LoggedChange[]): Device {
  const device = createDevice('Z', setting);
  changes.forEach((change) => device.receive(change));
  return device;
}

interface Written {
  readonly by: string;
  readonly fields: JsonObject;
  readonly after: readonly number[];
}

const written: fc.Arbitrary<Written> = fc.record({
  by: fc.constantFrom('A', 'B', 'C', 'Z'),
  fields: fc.record({
    layer: fc.constantFrom('org', 'workspace', 'repo', 'profile'),
    generation: fc.integer({ min: 0, max: 2 }),
    rules: fc.dictionary(fc.constantFrom('write.shell', 'app.x', '__proto__', 'other'), anyRule, { maxKeys: 3 }),
    note: fc.constantFrom('x', 'y'),
  }) as fc.Arbitrary<JsonObject>,
  after: fc.array(fc.nat(5), { maxLength: 3 }),
});

/** Each with some of those before it as its parents. */
function changesOf(all: readonly Written[]): readonly LoggedChange[] {
  const changes: LoggedChange[] = [];
  for (const [number, { by, fields, after }] of all.entries()) {
    const parents = [...new Set(after)].flatMap((at) => changes[at] ?? []);
    changes.push(stating(by, number + 1, fields, parents));
  }
  return changes;
}

describe('laws of strongest_policy_wins', () => {
  const all = fc.array(written, { minLength: 1, maxLength: 6 }).map(changesOf);

  it('55 the state depends on the set of changes, not on order or repetition', () => {
    fc.assert(
      fc.property(all, fc.infiniteStream(fc.nat()), (changes, numbers) => {
        const device = receiving(...changes);
        const shuffled = [...changes, ...changes]
          .map((change) => ({ change, place: numbers.next().value as number }))
          .sort((left, right) => left.place - right.place)
          .map(({ change }) => change);
        const other = receiving(...shuffled);
        expect(sharedState(other)).toEqual(sharedState(device));
        expect(other.row()?.strategyState).toEqual(device.row()?.strategyState);
        for (const change of changes) {
          expect(other.disposition(change)).toBe(device.disposition(change));
        }
      }),
      { numRuns: runs(100, 400) },
    );
  });

  it('56 what holds is at least as strong as every document of the highest generation', () => {
    fc.assert(
      fc.property(all, (changes) => {
        const held = documentOf(receiving(...changes).row()?.fields ?? {});
        const documents = changes.flatMap(({ value }) => documentOf(value as JsonObject) ?? []);
        expect(held?.generation).toBe(Math.max(...documents.map(({ generation }) => generation)));
        for (const { generation, rules } of documents) {
          for (const [key, term] of generation === held?.generation ? rules : []) {
            const joined = held?.rules.get(key);
            expect(joined !== undefined && isAtLeast(joined, term)).toBe(true);
          }
        }
      }),
    );
  });
});

describe('58 what a document of another device does', () => {
  const first = stating('A', 1, policy(2, { 'write.shell': decision('deny') }));

  it.each<[string, JsonObject, string | undefined]>([
    ['lower', policy(1, { 'write.shell': decision('allow') }), 'remote_policy_weaker'],
    ['equal and weaker', policy(2, { 'write.shell': decision('allow') }), 'remote_policy_weaker'],
    ['equal and stronger', policy(2, { 'write.memory': decision('deny') }), 'remote_policy_newer'],
    ['higher and weaker', policy(3, {}), 'remote_policy_newer'],
    ['the same', policy(2, { 'write.shell': decision('deny') }), undefined],
  ])('%s: %j', (_title, fields, reasonCode) => {
    const device = receiving(first);
    const change = stating('B', 2, fields);
    device.receive(change);
    expect(device.lastRuling()?.reasonCode).toBe(reasonCode);
  });

  it('one that is no document is refused, and nothing changes', () => {
    for (const fields of [{}, policy(1.5, {}), policy(-1, {}), policy(2 ** 60, {}), policy(1, {}, 'team'), 7]) {
      const device = receiving(first, stating('B', 2, fields));
      expect(device.lastRefusal()).toBe('schema_unknown/record_malformed');
      expect(device.row()?.fields).toEqual(first.value);
    }
  });

  it('57 a removal is refused, whoever wrote it', () => {
    const removal = changeOf('B', 2, { operation: 'tombstone', parents: [first.changeId], value: null }, 2, setting);
    const device = receiving(first, removal);
    expect(device.lastRefusal()).toBe('schema_unknown/record_malformed');
    expect(device.row()?.state).toBe('live');
  });

  it('its own repetition has no ruling, and neither has what is written here', () => {
    const device = receiving(first, first);
    expect(device.lastRuling()).toBeUndefined();
    device.write({ kind: 'put', fields: policy(3, {}) });
    expect(device.lastRuling()).toBeUndefined();
  });
});

describe('59 what is written here', () => {
  const put = (device: Device, fields: JsonObject): unknown => device.write({ kind: 'put', fields });

  it('writing what holds already is no change', () => {
    const device = receiving(stating('A', 1, policy(1, { 'write.shell': decision('deny') })));
    const draft = device.write({ kind: 'put', fields: policy(1, { 'write.shell': decision('deny') }) });
    expect(draft).toMatchObject({ operation: 'patch', value: [] });
  });

  it('a rule of another build may stay, and may not be written anew', () => {
    const strange = { kind: 'regex', value: '.*' };
    const device = receiving(stating('A', 1, policy(1, { 'write.shell': strange })));
    expect(put(device, policy(2, { 'write.shell': strange, 'write.memory': decision('deny') }))).toBeDefined();
    expect(put(device, policy(3, { 'write.memory': strange }))).toBeUndefined();
    expect(device.lastRefusal()).toBe('schema_unknown/record_invalid');
  });

  it('too many rules are refused here, and deny everything where they arrive', () => {
    const rules = Object.fromEntries(
      Array.from({ length: mostRules + 1 }, (_, at) => [`app.k${at}`, decision('allow')]),
    );
    const device = createDevice('Z', setting);
    expect(put(device, policy(1, rules))).toBeUndefined();
    expect(device.lastRefusal()).toBe('schema_unknown/record_invalid');
    expect(documentOf(policy(1, rules))).toMatchObject({ readable: false });
  });

  it.each([
    [{ kind: 'patch' as const, patch: [] }, 'schema_unknown/entry_unknown'],
    [{ kind: 'binary' as const, update: new Uint8Array() }, 'schema_unknown/record_malformed'],
    [{ kind: 'put' as const, fields: { layer: 'team', generation: 1, rules: {} } }, 'schema_unknown/record_invalid'],
  ])('%j of nothing: %s', (intent, reason) => {
    const device = createDevice('Z', setting);
    expect(device.write(intent)).toBeUndefined();
    expect(device.lastRefusal()).toBe(reason);
  });
});
