import { describe, expect, it } from 'vitest';
import { type SyncFacts, notSynced } from '../../../src/api/answers/not-synced.ts';
import type { RelayBody } from '../../../src/api/types/bodies.ts';
import type { NotSyncedCause } from '../../../src/api/types/explain.ts';

const relay = (state: RelayBody['state'], reason: string | null = null): RelayBody => ({
  ...{ url: 'wss://relay.example', state, reason, nextAttemptAt: state === 'offline' ? '2026-01-01T00:00:00Z' : null },
});
const engine: SyncFacts['engine'] = {
  ...{ engineId: 'sourceos.sync.shell', enabled: true, scope: 'profile', scopeHeld: true, denied: undefined },
};
const synced: SyncFacts = {
  ...{
    collection: 'shell',
    id: 'x',
    engine,
    paused: false,
    relay: relay('online'),
    fileProblem: undefined,
    changes: 2,
  },
  ...{ quarantined: [], waiting: 0, proposals: [], braked: false, unconfirmed: undefined },
};
const held = { id: 'qr_abc', reasonCode: 'schema_unknown', message: 'The fields break the schema.' };

type Row = readonly [string, Partial<SyncFacts>, readonly NotSyncedCause[], string];

const table: readonly Row[] = [
  ['a file that is no record', { fileProblem: 'It is too large.', changes: 0 }, ['file_problem'], 'link ls'],
  ['an unknown record', { changes: 0 }, ['unknown_record'], 'records ls shell'],
  ['an engine that is off', { engine: { ...engine, enabled: false } }, ['engine_disabled'], 'engines enable'],
  ['paused sync', { paused: true, relay: relay('paused') }, ['sync_paused'], 'sync resume'],
  ['what stays here', { engine: { ...engine, scope: 'device' }, relay: relay('none') }, ['stays_on_device'], 'Nothing'],
  ['a secret', { engine: { ...engine, scope: 'vault', scopeHeld: false } }, ['stays_on_device'], 'Nothing'],
  ['policy', { engine: { ...engine, denied: ['local_policy_stronger'] } }, ['policy'], 'policy explain'],
  ['policy without a code', { engine: { ...engine, denied: [] } }, ['policy'], 'policy explain'],
  ['no scope', { engine: { ...engine, scopeHeld: false } }, ['no_scope'], 'scopes ls'],
  ['quarantine', { quarantined: [held, held] }, ['quarantined', 'quarantined'], 'quarantine show qr_abc'],
  ['one that waits', { waiting: 1 }, ['waiting_for_parent'], '1 change waits'],
  ['two that wait', { waiting: 2 }, ['waiting_for_parent'], '2 changes wait'],
  ['a proposal', { proposals: ['rv_x'] }, ['under_review'], 'reviews show rv_x'],
  ['the brake', { braked: true }, ['brake'], 'reviews ls'],
  ['no relay', { relay: relay('none') }, ['no_relay'], 'relay.url'],
  ['a relay that does not answer', { relay: relay('offline', 'timeout') }, ['relay'], 'timeout; next attempt 2026'],
  ['a relay that is being asked', { relay: relay('connecting') }, ['relay'], 'connecting'],
  ['a relay that asks who we are', { relay: relay('authenticating') }, ['relay'], 'authenticating'],
  ['a relay of another key', { relay: relay('untrusted') }, ['relay'], 'doctor'],
  ['a relay that refuses', { relay: relay('refused', 'no token') }, ['relay'], 'no token'],
  ['an own batch on its way', { unconfirmed: { sequence: 7, confirmed: 5 } }, ['not_acknowledged'], 'batch 7'],
  [
    'several at once',
    { paused: true, waiting: 1, relay: relay('none') },
    ['sync_paused', 'waiting_for_parent', 'no_relay'],
    'resume',
  ],
];

describe('what is in the way of a record', () => {
  it.each(table)('%s', (_name, facts, causes, words) => {
    const answer = notSynced({ ...synced, ...facts });
    expect(answer.map(({ cause }) => cause)).toEqual(causes);
    expect(answer.map(({ message, remedy }) => `${message} ${remedy}`).join(' ')).toContain(words);
    expect(answer.every(({ remedy }) => remedy.length > 0)).toBe(true);
  });

  it('is nothing where all is well', () => {
    expect(notSynced(synced)).toEqual([]);
  });
});
