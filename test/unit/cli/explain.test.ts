import { describe, expect, it } from 'vitest';
import { localTime } from '../../../src/base/local-time.ts';
import { ok } from '../../../src/base/result.ts';
import type { ExplainBody, ExplainedChangeBody } from '../../../src/api/types/explain.ts';
import { refuses, run } from './setup-cli.ts';

const change: ExplainedChangeBody = {
  ...{ changeId: 'A'.repeat(43), operation: 'put', summary: 'alias ll', disposition: 'proposed', at: 'T1' },
  ...{ author: 'urn:me', deviceId: 'urn:dev', verdict: 'quarantine', reasonCode: 'schema_unknown' },
  signer: { deviceId: 'urn:dev', device: 'desk', scopeId: 's', sequence: 4, index: 2, batchId: 'b' },
  steps: [
    { step: 'collection', clause: 'collection: shell', question: 'Is there a manifest?', answer: 'yes' },
    { step: 'clock', clause: null, question: 'Is it near?', answer: 'yes' },
  ],
  strategy: {
    ...{ name: 'manual_review', decided: 'manual_review keeps it.', quarantineId: 'qr_x' },
    reviews: [{ id: 'rv_x', kind: 'proposal', summary: 'add alias' }],
    decisions: [{ decision: 'accept', author: 'urn:me', device: 'desk', at: 'T2' }],
  },
  auditEvents: [{ id: 'urn:audit', eventType: 'graph.write.accepted', outcome: 'allow', reasonCode: 'none', at: 'T3' }],
};
const body: ExplainBody = {
  ...{ collection: 'shell', id: 'x', synced: false, why: 'Sync is paused.', changes: [change], keptAsBytes: null },
  notSynced: [
    { cause: 'sync_paused', reasonCode: null, message: 'Sync is paused.', remedy: 'Resume it.' },
    { cause: 'policy', reasonCode: 'policy_denied', message: 'Policy denies.', remedy: 'See policy.' },
  ],
};

describe('explain', () => {
  it('prints what is in the way with its remedy, and the line of each change', async () => {
    const said = await run({ client: { explain: async () => ok(body) } }, 'explain', 'shell', 'x');
    const text = said.out.join('\n');
    for (const words of [
      ...['shell/x is not synced:', '- Sync is paused.\n  Resume it.', '- Policy denies. (policy_denied)'],
      ...['signed by desk, batch 4, record 2', 'collection: shell', 'verdict: quarantine (schema_unknown)'],
      ...['open proposal rv_x: add alias', 'decided at T2: accept by urn:me on desk', 'held in quarantine as qr_x'],
      'audited at T3: graph.write.accepted (allow) urn:audit',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('calls people and devices by their names, and says times as people here do', async () => {
    const at = '2026-01-01T00:00:00.000Z';
    const mine = { ...change, at, author: 'urn:srcos:user:me', signer: { ...change.signer, device: '' } };
    const items = [{ deviceId: 'urn:dev', label: 'attic', userId: 'urn:srcos:user:me', self: true }];
    const devices = async (): Promise<never> => ok({ items }) as never;
    const said = await run({ client: { explainChange: async () => ok(mine), devices } }, 'explain', '--change', 'A');
    expect(said.out.join('\n')).toContain(` of ${localTime(at, 'seconds')} by you\nsigned by attic, batch 4`);
  });

  it('says of a synced record that nothing is in the way', async () => {
    const synced = { ...body, synced: true, notSynced: [], changes: [], why: 'All is well.' };
    const said = await run({ client: { explain: async () => ok(synced) } }, 'explain', 'shell', 'x');
    expect(said.out).toEqual(['shell/x is synced. All is well.']);
  });

  it('says beside it why a file travels as bytes', async () => {
    const kept = { ...body, synced: true, notSynced: [], changes: [], why: 'All is well.', keptAsBytes: 'At /n: no.' };
    const said = await run({ client: { explain: async () => ok(kept) } }, 'explain', 'shell', 'x');
    expect(said.out).toEqual(['shell/x is synced. All is well.\nAt /n: no.']);
  });

  it('says what it needs and what to do about it', async () => {
    const needs = [{ to: 'models/m', message: 'It needs models/m: denied.', remedy: 'Ask.' }];
    const needing = { ...body, synced: true, notSynced: [], changes: [], why: 'All is well.', needs };
    const said = await run({ client: { explain: async () => ok(needing) } }, 'explain', 'shell', 'x');
    expect(said.out).toEqual(['shell/x is synced. All is well.\n- It needs models/m: denied.\n  Ask.']);
  });

  it('of one change, whose device has no name and of which nothing was asked', async () => {
    const bare = { ...change, reasonCode: null, signer: { ...change.signer, device: '' } };
    const quiet = {
      ...bare,
      strategy: { ...change.strategy, reviews: [], decisions: [], quarantineId: null },
      auditEvents: [],
    };
    const said = await run({ client: { explainChange: async () => ok(quiet) } }, 'explain', '--change', 'A'.repeat(43));
    expect(said.out.join('\n')).toContain('signed by device ...urn:dev');
    expect(said.out.join('\n')).toMatch(/verdict: quarantine\nstrategy: manual_review keeps it\.$/);
  });

  it('without a record leaves with 2, of an unknown change with 1', async () => {
    expect((await run({}, 'explain', 'shell')).exitCode).toBe(2);
    const unknown = { explainChange: refuses(404, 'No change') };
    expect((await run({ client: unknown }, 'explain', '--change', 'x')).exitCode).toBe(1);
  });
});
