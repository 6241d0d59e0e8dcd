import { describe, expect, it } from 'vitest';
import type { EngineId } from '../../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { compileRecordSchema } from '../../../src/manifest/record-schema.ts';
import {
  type ReferenceFacts,
  type ResolvedReference,
  referencesOf,
  resolveReference,
} from '../../../src/merge/values/references.ts';

const engine: NonNullable<ReferenceFacts['engine']> = {
  engineId: 'sourceos.sync.extensions' as EngineId,
  ...{ enabled: true, scope: 'profile', scopeHeld: true },
};
const edges = { path: '/edges', form: 'edges', required: true } as const;
const to = 'extensions/vscode.python';

function resolved(edge: JsonObject, facts: Partial<ReferenceFacts> = {}): ResolvedReference {
  const [reference] = referencesOf({ edges: { e: { type: 'uses', to, ...edge } } }, [edges]);
  return resolveReference(reference as ResolvedReference, { denied: undefined, engine, target: 'live', ...facts });
}

const says = (version?: JsonValue, kind?: JsonValue): Pick<ReferenceFacts, 'says'> => ({ says: { version, kind } });

describe('a reference that wants a version or a kind', () => {
  it.each<
    [what: string, edge: JsonObject, facts: Partial<ReferenceFacts>, outcome: string, detail: string | undefined]
  >([
    ['nothing of it', {}, says('1.4.0', 'model'), 'present', undefined],
    ['the version that is there', { version: '^1.2' }, says('1.4.0'), 'present', undefined],
    ['the kind that is there', { kind: 'model' }, says(undefined, 'model'), 'present', undefined],
    ['another version', { version: '^2' }, says('1.4.0'), 'declared-but-unavailable', 'is 1.4.0, wanted ^2'],
    [
      'another version, optional',
      { version: '^2', required: false },
      says('1.4.0'),
      'optional-skipped',
      'is 1.4.0, wanted ^2',
    ],
    [
      'another kind',
      { kind: 'model' },
      says(undefined, 'route'),
      'declared-but-unavailable',
      'is of kind route, wanted model',
    ],
    [
      'both',
      { version: '2.0.0', kind: 'model' },
      says('1.4.0', 'route'),
      'declared-but-unavailable',
      'is 1.4.0, wanted 2.0.0; is of kind route, wanted model',
    ],
    [
      'a version of one that says none',
      { version: '^2' },
      says(),
      'declared-but-unavailable',
      'says no version, wanted ^2',
    ],
    [
      'a version of one whose version is no text',
      { version: '^2' },
      says(2),
      'declared-but-unavailable',
      'says no version, wanted ^2',
    ],
    ['a kind of one that says none', { kind: 'model' }, {}, 'declared-but-unavailable', 'says no kind, wanted model'],
    ['a version of one that waits', { version: '^2' }, { target: 'waiting' }, 'declared-but-unavailable', undefined],
    ['a version of one that is denied', { version: '^2' }, { ...says('1.4.0'), denied: 'No.' }, 'denied', undefined],
  ])('93 %s', (_what, edge, facts, outcome, detail) => {
    const { outcome: is, detail: said, fatal, remedy } = resolved(edge, facts);
    expect([is, said]).toEqual([outcome, detail]);
    expect(fatal).toBe(outcome === 'declared-but-unavailable' || outcome === 'denied');
    expect(remedy === null).toBe(outcome === 'present');
  });

  it.each<[what: string, edge: JsonObject, words: RegExp]>([
    ['a number', { version: 2 }, /^the version that is wanted is no text$/],
    ['null', { version: null }, /is no text/],
    ['an object', { version: { constructor: 1 } }, /is no text/],
    ['a half range', { version: '>=2 <' }, /is no range of semantic versions.*\(>=2 <\)/],
    ['a huge one', { version: '^2'.repeat(10_000) }, /not 1 to 128 visible characters \(.{1,64}\)$/],
    ['what breaks a line', { version: '^2\u001b[31m\n' }, /visible characters \(\^2\?\[31m\?\)/],
    ['an empty kind', { kind: '' }, /^the kind that is wanted is no text of 1 to 64/],
    ['a huge kind', { kind: 'k'.repeat(65) }, /kind that is wanted/],
    ['a list of kinds', { kind: ['model'] }, /kind that is wanted/],
    ['both', { version: 1, kind: 1 }, /version that is wanted.*; the kind that is wanted/],
  ])('93 that cannot be understood (%s) is said, whatever is at the other end', (_what, edge, words) => {
    for (const facts of [says('2.0.0', 'model'), { target: 'unknown' as const }, { target: 'damaged' as const }]) {
      expect(resolved(edge, facts)).toMatchObject({
        ...{ outcome: 'declared-but-unavailable', fatal: true, detail: expect.stringMatching(words) as unknown },
      });
    }
    expect(resolved({ ...edge, required: false }, says('2.0.0', 'model')).outcome).toBe('optional-skipped');
  });

  it('93 quotes little of what the other end says of itself', () => {
    const { detail = '' } = resolved({ version: '^2' }, says(`1${'.\u202e'.repeat(9_000)}`));
    expect(detail).toMatch(/^is 1[.?]{62}…, wanted \^2$/);
  });

  it.each<[field: JsonValue, expected: object | undefined]>([
    [to, { to }],
    [{ $ref: to }, { to }],
    [
      { $ref: to, version: '^2', kind: 'x' },
      { to, wants: { version: { text: '^2' }, kind: 'x', faults: [] } },
    ],
    [{ $ref: 3 }, undefined],
    [{ to }, undefined],
    [[to], undefined],
  ])('94 a field that is %j', (field, expected) => {
    const found = referencesOf({ on: field }, [{ path: '/on', form: 'field', required: true }]);
    expect(found).toMatchObject(
      expected === undefined ? [] : [{ path: '/on', type: 'on', required: true, ...expected }],
    );
    expect(found[0]?.wants === undefined).toBe(!JSON.stringify(field).includes('version'));
  });

  it('94 such a field is marked in a record schema like any other', () => {
    const property = { type: ['string', 'object'], 'x-reference': 'optional' };
    const schema = compileRecordSchema({ type: 'object', properties: { on: property } });
    expect(schema.ok && schema.value.references).toEqual([{ path: '/on', form: 'field', required: false }]);
  });

  it('93 takes names of every object for what they are', () => {
    expect(resolved({ kind: 'constructor' }, says()).detail).toBe('says no kind, wanted constructor');
    expect(resolved({ kind: '__proto__', version: 'toString' }, says('toString', '__proto__')).outcome).toBe('present');
  });
});
