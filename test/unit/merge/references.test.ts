import { describe, expect, it } from 'vitest';
import type { EngineId } from '../../../src/base/ids.ts';
import {
  type Reference,
  type ReferenceFacts,
  isFatal,
  referencesOf,
  resolveReference,
} from '../../../src/merge/values/references.ts';

const engine: NonNullable<ReferenceFacts['engine']> = {
  engineId: 'sourceos.sync.workspace' as EngineId,
  ...{ enabled: true, scope: 'workspace', scopeHeld: true },
};
const required: Reference = { path: '/edges/e', type: 'parent', to: 'workspace/x', required: true };
const optional = { ...required, required: false };
const secret: Reference = { path: '/url', type: 'secret', to: 'secrets/s', required: true };
const denied = 'Policy denies it here.';

type Row = readonly [string, Reference, ReferenceFacts, string, string, boolean, string | null];

const table: readonly Row[] = [
  ['live', required, { denied: undefined, engine, target: 'live' }, 'present', 'verified', false, null],
  ['live, optional', optional, { denied: undefined, engine, target: 'live' }, 'present', 'verified', false, null],
  [
    'no manifest',
    required,
    { denied: undefined, engine: undefined, target: 'unknown' },
    'declared-but-unavailable',
    'unavailable',
    true,
    'Add its manifest',
  ],
  [
    'no manifest, optional',
    optional,
    { denied: undefined, engine: undefined, target: 'unknown' },
    'optional-skipped',
    'unavailable',
    false,
    'Add its manifest',
  ],
  ['denied', required, { denied, engine, target: 'live' }, 'denied', 'registry-only', true, 'Policy denies'],
  [
    'denied, optional too',
    optional,
    { denied, engine, target: 'live' },
    'denied',
    'registry-only',
    true,
    'Policy denies',
  ],
  [
    'denied, and no manifest',
    optional,
    { denied, engine: undefined, target: 'unknown' },
    'denied',
    'unavailable',
    true,
    'Policy denies',
  ],
  [
    'denied, and switched off',
    optional,
    { denied, engine: { ...engine, enabled: false }, target: 'tombstoned' },
    'denied',
    'registry-only',
    true,
    'Policy denies',
  ],
  [
    'switched off',
    required,
    { denied: undefined, engine: { ...engine, enabled: false }, target: 'live' },
    'declared-but-unavailable',
    'registry-only',
    true,
    'engines enable',
  ],
  [
    'switched off, optional',
    optional,
    { denied: undefined, engine: { ...engine, enabled: false }, target: 'live' },
    'optional-skipped',
    'registry-only',
    false,
    'engines enable',
  ],
  [
    'no scope',
    required,
    { denied: undefined, engine: { ...engine, scopeHeld: false }, target: 'unknown' },
    'declared-but-unavailable',
    'registry-only',
    true,
    'Join a workspace scope',
  ],
  [
    'waiting',
    required,
    { denied: undefined, engine, target: 'waiting' },
    'declared-but-unavailable',
    'gateway-only',
    true,
    'reviews ls',
  ],
  [
    'deleted',
    required,
    { denied: undefined, engine, target: 'tombstoned' },
    'declared-but-unavailable',
    'gateway-only',
    true,
    'records rollback workspace x',
  ],
  [
    'deleted, optional',
    optional,
    { denied: undefined, engine, target: 'tombstoned' },
    'optional-skipped',
    'gateway-only',
    false,
    'records rollback',
  ],
  [
    'damaged',
    required,
    { denied: undefined, engine, target: 'damaged' },
    'declared-but-unavailable',
    'gateway-only',
    true,
    'store rebuild',
  ],
  [
    'never arrived',
    required,
    { denied: undefined, engine, target: 'unknown' },
    'declared-but-unavailable',
    'registry-only',
    true,
    'sync now',
  ],
  [
    'a secret that is not here',
    secret,
    { denied: undefined, engine, target: 'unknown' },
    'declared-but-unavailable',
    'registry-only',
    true,
    'secrets set s',
  ],
];

describe('a reference', () => {
  it.each(table)('91 §8 %s', (_name, reference, facts, outcome, verification, fatal, remedy) => {
    const resolved = resolveReference(reference, facts);
    expect(resolved).toMatchObject({ ...reference, outcome, verification, fatal });
    expect(resolved.owner).toBe(facts.engine?.engineId ?? null);
    expect(resolved.remedy).toEqual(remedy === null ? null : expect.stringContaining(remedy));
  });

  it('92 §8 one predicate says what is fatal', () => {
    const outcomes = ['present', 'declared-but-unavailable', 'optional-skipped', 'denied'] as const;
    const fatal = outcomes.map((outcome) => [true, false].map((needed) => isFatal({ outcome, required: needed })));
    expect(fatal).toEqual([
      [false, false],
      [true, false],
      [false, false],
      [true, true],
    ]);
  });
});

describe('the references of a record', () => {
  const edges = { path: '/edges', form: 'edges', required: true } as const;
  const parent = { path: '/parent', form: 'field', required: false } as const;

  it('90 §8 are its edges, its marked fields and its secrets, wherever they stand', () => {
    const fields = {
      edges: { b: { type: 't', to: 'workspace/x', required: false }, a: { type: 'u', to: 'agents/y' } },
      parent: 'browser/p',
      props: { list: [{ token: { $secretRef: 'urn:srcos:secret:s' } }] },
    };
    expect(referencesOf(fields, [edges, parent])).toEqual([
      { path: '/edges/a', type: 'u', to: 'agents/y', required: true },
      { path: '/edges/b', type: 't', to: 'workspace/x', required: false },
      { path: '/parent', type: 'parent', to: 'browser/p', required: false },
      { path: '/props/list/0/token', type: 'secret', to: 'secrets/s', required: true },
    ]);
  });

  it('§8 are none where nothing is an address', () => {
    const fields = {
      edges: { a: 'x', b: { to: 'nowhere' }, c: { to: '/x' }, d: { to: 3 } },
      parent: 7,
      s: { $secretRef: 'other' },
    };
    expect(referencesOf(fields, [edges, parent])).toEqual([]);
    expect(referencesOf({ edges: [] }, [edges, parent])).toEqual([]);
  });
});
