import { describe, expect, it } from 'vitest';
import type { Control } from '../../../src/api/ports/control.ts';
import type { ExplainBody } from '../../../src/api/types/explain.ts';
import { setupApi } from './setup-api.ts';

const alias = (body: string): { kind: string; name: string; body: string } => ({ kind: 'alias', name: 'll', body });
const address = '/v1/collections/shell/records/x';
const linked = (control: Control): Control => ({
  ...control,
  links: () => [
    {
      ...{
        engineId: 'sourceos.sync.shell',
        collection: 'shell',
        root: '/home/me/dotfiles',
        path: '/home/me/dotfiles',
        state: 'following',
        files: 1,
      },
      ...{ pausedReason: null, rests: false, pausedSince: null, lastScanAt: null, waits: false, watching: true },
      notInStep: { count: 1, first: [], isLasting: true },
      problems: [
        {
          ...{ path: 'big.bin', code: 'too_large', since: '2026-01-01T00:00:00.000Z', isOutOfStep: true },
          message: 'It is too large. Make it smaller.',
        },
      ],
    },
  ],
});

describe('explain', () => {
  it('tells of a change: clause, step, answer, signer, strategy and audit event', async () => {
    const { call, a } = setupApi();
    await call('PUT', address, alias('ls'));
    const { changes, notSynced } = (await call('GET', `${address}/explain`)).json() as ExplainBody;
    const [change] = changes;
    expect(change).toMatchObject({
      ...{ operation: 'put', disposition: 'applied', verdict: 'accept', summary: expect.stringContaining('ll') },
      signer: { deviceId: a.replica.self, sequence: 1, index: 1, batchId: expect.stringMatching(/^[\w-]{43}$/) },
      strategy: { name: 'manual_review', decided: expect.stringContaining('took it'), reviews: [], decisions: [] },
      auditEvents: [
        { eventType: 'shell.profile.changed', outcome: 'informational' },
        { eventType: 'graph.write.accepted', outcome: 'allow' },
      ],
    });
    const clauses = Object.fromEntries(change?.steps.map(({ step, clause }) => [step, clause]) ?? []);
    expect(clauses).toMatchObject({
      ...{ record: null, collection: 'collection: shell', residence: 'encryptionScope: profile', clock: null },
      ...{ schema_version: 'schemaVersion: 0.1.0', role: null, authority: 'mergeStrategy: manual_review' },
    });
    expect(notSynced.map(({ cause }) => cause)).toEqual(['no_relay', 'not_acknowledged']);
  });

  it('says why the file of a record is kept as bytes', async () => {
    const { call } = setupApi();
    const props = { path: 'n.json', text: '{"kind":"note","title":"t","n":1e400}' };
    const place = '/v1/collections/workspace/records/n.json';
    await call('PUT', place, { kind: 'artifact', title: 'n.json', props });
    const explained = (await call('GET', `${place}/explain`)).json() as ExplainBody;
    expect(explained.keptAsBytes).toMatch(/travels as the bytes it is.*1e400/);
  });

  it('tells who proposed, who decided, and what is held', async () => {
    const { call, a, b, clock, exchange } = setupApi();
    b.put(['shell', 'x'], alias('ls'));
    b.put(['inbox', 'i'], { producer: 'p', body: 1 });
    exchange();
    const proposed = (await call('GET', `${address}/explain`)).json() as ExplainBody;
    expect(proposed.notSynced[0]).toMatchObject({ cause: 'under_review', reasonCode: 'manual_review_required' });
    expect(proposed.changes[0]?.strategy).toMatchObject({ reviews: [{ kind: 'proposal' }], quarantineId: null });
    clock.nowMs += 1;
    a.replica.decide(
      a.reviews().map(({ id }) => id),
      'accept',
    );
    const decided = (await call('GET', `${address}/explain`)).json() as ExplainBody;
    expect(decided.changes[0]).toMatchObject({
      disposition: 'applied',
      strategy: { reviews: [], decisions: [{ decision: 'accept' }] },
    });
    expect(decided.changes[0]?.auditEvents.length).toBeGreaterThan(1);
    const [held] = a.held();
    const inbox = (await call('GET', '/v1/collections/inbox/records/i/explain')).json() as ExplainBody;
    expect(inbox.notSynced[0]).toMatchObject({ cause: 'quarantined', remedy: expect.stringContaining(held?.id ?? '') });
    const byItem = (await call('GET', `/v1/changes/${held?.id}/explain`)).json();
    expect(byItem).toMatchObject({
      changeId: held?.changeId,
      disposition: 'waiting',
      strategy: { quarantineId: held?.id },
    });
  });

  it('says why an engine or a batch keeps it here, and that a confirmed one is synced', async () => {
    const { call, a } = setupApi((control) => ({
      ...control,
      status: () => {
        const status = control.status();
        return { ...status, relay: { ...status.relay, state: 'online' } };
      },
    }));
    await call('PUT', address, alias('ls'));
    const waiting = (await call('GET', `${address}/explain`)).json() as ExplainBody;
    expect(waiting).toMatchObject({ synced: false, notSynced: [{ cause: 'not_acknowledged' }] });
    const { scopeId } = a.replica.scopes().find(({ kind, local }) => kind === 'profile' && !local)?.state ?? {};
    a.disk.log.acknowledge(scopeId as never, 'wss://relay.example', 1);
    expect((await call('GET', `${address}/explain`)).json()).toMatchObject({ synced: true, notSynced: [] });
    await call('POST', '/v1/engines/sourceos.sync.shell/disable');
    expect((await call('GET', `${address}/explain`)).json()).toMatchObject({
      notSynced: [{ cause: 'engine_disabled' }],
    });
  });

  it('takes the path of a file in a linked folder, and says why it is no record', async () => {
    const { call } = setupApi(linked);
    const explain = async (id: string): Promise<ExplainBody> =>
      (await call('GET', `/v1/collections/shell/records/${encodeURIComponent(id)}/explain`)).json() as ExplainBody;
    for (const id of ['big.bin', '/home/me/dotfiles/big.bin']) {
      expect(await explain(id)).toMatchObject({ id: 'big.bin', notSynced: [{ cause: 'file_problem' }, {}] });
    }
    expect(await explain('/home/me/dotfiles/none')).toMatchObject({
      id: 'none',
      notSynced: [{ cause: 'unknown_record' }, {}],
    });
    expect((await explain('/elsewhere/none')).id).toBe('/elsewhere/none');
  });

  it.each([
    ['a hash that is not whole', 'AAAAAAA', 'whole hash of 43 characters'],
    ['an unknown hash', 'A'.repeat(43), 'No change with this hash'],
    ['an unknown quarantine id', 'qr_nothing', 'quarantine show qr_nothing'],
  ])('answers %s in words', async (_name, hash, words) => {
    const { call } = setupApi();
    const answer = await call('GET', `/v1/changes/${hash}/explain`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json().detail).toContain(words);
  });
});
