import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import type { ChangeId, RecordId } from '../../../src/base/ids.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import { arrivalValue, departureValue, moveFormOf, readsAsMove } from '../../../src/log/move.ts';

const hashOf = (byte: number): ChangeId => base64urlFromBytes(new Uint8Array(32).fill(byte)) as ChangeId;
const [one, two] = [hashOf(1), hashOf(2)];
const objectId = 'new' as RecordId;
const from = 'old' as RecordId;
const patch = [{ op: 'add', path: '/a', value: 1 }] as const;

const formOf = (operation: Operation, value: JsonValue): ReturnType<typeof moveFormOf> =>
  moveFormOf({ operation, objectId, value });

describe('what a change says of a rename', () => {
  it('50 is an arrival, a departure or an edit that follows one, and written as it is read', () => {
    expect(formOf('put', arrivalValue({ from, heads: [two, one], patch: undefined }))).toEqual({
      ...{ kind: 'arrival', from, heads: [one, two], patch: undefined },
    });
    expect(formOf('patch', arrivalValue({ from, heads: [one], patch }))).toEqual({
      ...{ kind: 'arrival', from, heads: [one], patch },
    });
    expect(formOf('patch', arrivalValue({ from, heads: [one], patch: undefined }))).toMatchObject({ patch: undefined });
    for (const removal of ['delete', 'tombstone'] as const) {
      expect(formOf(removal, departureValue({ to: from, arrival: one }))).toEqual({
        ...{ kind: 'departure', to: from, arrival: one },
      });
    }
  });

  const ordinary: readonly (readonly [string, Operation, JsonValue])[] = [
    ['fields', 'put', { title: 'a' }],
    ['fields that have the member among others', 'put', { $moved: { from, heads: [one] }, title: 'a' }],
    ['no fields', 'put', {}],
    ['operations', 'patch', [{ op: 'remove', path: '/a' }]],
    ['an update', 'patch', { yjs: 'AAA' }],
    ['a removal', 'tombstone', null],
    ['a decision', 'command', { $moved: { from, heads: [one] } }],
    ['a put with the member of a removal', 'put', { $movedTo: { change: one, id: from } }],
  ];
  it.each(ordinary)('50 is nothing in %s', (_what, operation, value) => {
    expect(formOf(operation, value)).toEqual({ kind: 'none' });
  });

  const malformed: readonly (readonly [string, Operation, JsonValue])[] = [
    ['no heads', 'put', { $moved: { from, heads: [] } }],
    ['heads out of order', 'put', { $moved: { from, heads: [two, one] } }],
    ['a head twice', 'put', { $moved: { from, heads: [one, one] } }],
    ['a head that is no hash', 'put', { $moved: { from, heads: ['abc'] } }],
    ['more heads than a change has parents', 'put', { $moved: { from, heads: manyHashes(513) } }],
    ['itself as the source', 'put', { $moved: { from: objectId, heads: [one] } }],
    ['a source that is no id', 'put', { $moved: { from: '', heads: [one] } }],
    ['a member more', 'put', { $moved: { from, heads: [one], more: 1 } }],
    ['a whole record with a patch', 'put', { $moved: { from, heads: [one], patch: [] } }],
    ['a patch that is none', 'patch', { $moved: { from, heads: [one], patch: [{ op: 'move', path: '/a' }] } }],
    ['a text', 'put', { $moved: 'old' }],
    ['a removal that says something else', 'tombstone', { movedTo: from }],
    ['a removal with a value', 'delete', 'gone'],
    ['a departure to itself', 'tombstone', { $movedTo: { change: one, id: objectId } }],
    ['a departure without its arrival', 'tombstone', { $movedTo: { id: from } }],
    ['a departure with a member more', 'tombstone', { $movedTo: { change: one, id: from, more: 1 } }],
  ];
  it.each(malformed)('51 is in no form that is known with %s', (_what, operation, value) => {
    expect(formOf(operation, value)).toEqual({ kind: 'malformed' });
  });

  it('51 never throws, whatever stands there', () => {
    const operation = fc.constantFrom<Operation[]>('put', 'patch', 'delete', 'tombstone', 'command');
    const value = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map((inner) => ({ $moved: inner })),
      fc.jsonValue().map((inner) => ({ $movedTo: inner })),
      fc.record({ $moved: fc.record({ from: fc.jsonValue(), heads: fc.jsonValue(), patch: fc.jsonValue() }) }),
    );
    fc.assert(
      fc.property(operation, value, (said, content) => {
        const form = formOf(said, content as JsonValue);
        expect(['none', 'malformed', 'arrival', 'departure']).toContain(form.kind);
      }),
      { numRuns: 300 },
    );
  });

  it('52 is told from the fields of a record, which nobody writes in that form', () => {
    expect(readsAsMove({ $moved: 'anything' })).toBe(true);
    expect(readsAsMove({ $moved: 'anything', title: 'a' })).toBe(false);
    expect(readsAsMove({ title: 'a' })).toBe(false);
  });
});

function manyHashes(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const bytes = new Uint8Array(32);
    new DataView(bytes.buffer).setUint32(0, index);
    return base64urlFromBytes(bytes);
  }).sort();
}
