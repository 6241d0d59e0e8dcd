import { describe, expect, it } from 'vitest';
import { last } from '../../helpers/setup-pair.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const env = (body: string): { kind: string; name: string; body: string } => ({ kind: 'env', name: 'PATH', body });

/** On device a: a proposal for each id, made by device b. */
function withProposals(...ids: readonly string[]): ApiSetup {
  const setup = setupApi();
  for (const id of ids) {
    setup.b.put(['shell', id], env('/usr/bin'));
  }
  setup.exchange();
  return setup;
}

/** On device a: what device b put into the inbox. */
function withHeld(...ids: readonly string[]): ApiSetup {
  const setup = setupApi();
  for (const id of ids) {
    setup.b.put(['inbox', id], { producer: 'mail', body: 'xylophone' });
  }
  setup.exchange();
  return setup;
}

describe('reviews', () => {
  it('are listed and shown in the shapes of ReviewBody and ReviewDetailBody', async () => {
    const { call, b } = withProposals('x');
    const { items, nextCursor } = (await call('GET', '/v1/reviews')).json();
    expect(nextCursor).toBeNull();
    expect(items).toEqual([
      {
        ...{
          id: expect.stringMatching(/^rv_[a-z2-7]{16}$/),
          engineId: 'sourceos.sync.shell',
          collection: 'shell',
          recordId: 'x',
        },
        ...{
          kind: 'proposal',
          reasonCode: 'manual_review_required',
          author: expect.any(String),
          deviceId: b.replica.self,
        },
        ...{ createdAt: '2026-01-01T00:00:00.000Z', summary: expect.stringContaining('PATH') },
      },
    ]);
    expect((await call('GET', `/v1/reviews/${items[0].id}`)).json()).toEqual({
      ...{ ...items[0], status: 'open', live: null },
      alternatives: [
        { change: null, path: '', value: null, deleted: true },
        { change: expect.any(String), path: '', value: env('/usr/bin'), deleted: false },
      ],
    });
  });

  it('are listed by collection; what is no name of one: 400', async () => {
    const { call } = withProposals('x');
    expect((await call('GET', '/v1/reviews?collection=shell')).json().items).toHaveLength(1);
    expect((await call('GET', '/v1/reviews?collection=models')).json().items).toEqual([]);
    for (const query of ['collection=A%20B', 'collection=', 'collection=shell&collection=models']) {
      expect((await call('GET', `/v1/reviews?${query}`)).statusCode).toBe(400);
      expect((await call('GET', `/v1/quarantine?${query}`)).statusCode).toBe(400);
    }
  });

  it('accepted becomes live; decided again: 409', async () => {
    const { call, a } = withProposals('x');
    const { id } = last(a.reviews());
    const answer = await call('POST', `/v1/reviews/${id}/accept`);
    expect(answer.json()).toMatchObject({ id, status: 'accepted', live: env('/usr/bin') });
    expect(a.fields(['shell', 'x'])).toEqual(env('/usr/bin'));
    for (const decision of ['accept', 'reject']) {
      const again = await call('POST', `/v1/reviews/${id}/${decision}`);
      expect(again.statusCode).toBe(409);
      expect(again.json().detail).toContain('accepted');
    }
  });

  it('rejected leaves the live view as it was', async () => {
    const { call, a } = withProposals('x');
    const answer = await call('POST', `/v1/reviews/${last(a.reviews()).id}/reject`);
    expect(answer.json()).toMatchObject({ status: 'rejected', live: null });
    expect(a.reviews()).toEqual([]);
  });

  it('a short id names the one item that begins so, and none when several do', async () => {
    const { call, a } = withProposals(...Array.from({ length: 12 }, (_, index) => `r${index}`));
    const ids = a.reviews().map((item) => item.id);
    const id = ids[0] as string;
    expect((await call('GET', `/v1/reviews/${id.slice(0, 12)}`)).json().id).toBe(id);
    for (const prefix of ['rv_', 'rv', id.slice(0, 5), 'rv_000000', 'nothing']) {
      const answer = await call('POST', `/v1/reviews/${prefix}/accept`);
      expect(answer.statusCode).toBe(404);
    }
    expect(a.reviews()).toHaveLength(12);
  });

  it('all of a collection are decided at once', async () => {
    const { call, a } = withProposals('x', 'y');
    const answer = await call('POST', '/v1/reviews', { collection: 'shell', decision: 'accept' });
    expect(answer.json()).toEqual({ decided: 2, failed: [] });
    expect(a.reviews()).toEqual([]);
  });

  it.each([
    {},
    { collection: 'shell' },
    { collection: 'shell', decision: 'undo' },
    { collection: 5, decision: 'accept' },
    [],
  ])('decided at once by %j: 400', async (body) => {
    const { call, a } = withProposals('x');
    expect((await call('POST', '/v1/reviews', body)).statusCode).toBe(400);
    expect(a.reviews()).toHaveLength(1);
  });

  it('decisions that this build lacks: 501', async () => {
    const { call, a } = withProposals('x');
    for (const decision of ['merge', 'keep-both', 'undo']) {
      const answer = await call('POST', `/v1/reviews/${last(a.reviews()).id}/${decision}`);
      expect(answer.json()).toMatchObject({ status: 501, type: 'capability_not_provided' });
    }
  });
});

describe('quarantine', () => {
  it('is listed and shown in the shapes of QuarantineBody and QuarantineDetailBody', async () => {
    const { call, b } = withHeld('d');
    const { items } = (await call('GET', '/v1/quarantine')).json();
    expect(items).toEqual([
      {
        ...{
          id: expect.stringMatching(/^qr_[a-z2-7]{16}$/),
          engineId: 'sourceos.sync.inbox',
          collection: 'inbox',
          recordId: 'd',
        },
        ...{ kind: 'change', reasonCode: expect.any(String), author: expect.any(String), deviceId: b.replica.self },
        ...{ detail: items[0].detail, createdAt: '2026-01-01T00:00:00.000Z', summary: expect.any(String) },
      },
    ]);
    const shown = (await call('GET', `/v1/quarantine/${items[0].id}`)).json();
    expect(shown).toMatchObject({ ...items[0], status: 'held' });
    expect(JSON.stringify(shown.value)).toContain('xylophone');
  });

  it('released takes effect; settled again: 409', async () => {
    const { call, a } = withHeld('d');
    const { id } = last(a.held());
    expect((await call('POST', `/v1/quarantine/${id}/release`)).json()).toMatchObject({ id, status: 'released' });
    expect(a.fields(['inbox', 'd'])).toMatchObject({ body: 'xylophone' });
    for (const action of ['release', 'drop']) {
      expect((await call('POST', `/v1/quarantine/${id}/${action}`)).statusCode).toBe(409);
    }
  });

  it('dropped leaves the list without effect', async () => {
    const { call, a } = withHeld('d');
    expect((await call('POST', `/v1/quarantine/${last(a.held()).id}/drop`)).json()).toMatchObject({
      status: 'dropped',
    });
    expect(a.held()).toEqual([]);
    expect(a.fields(['inbox', 'd']) ?? null).toBeNull();
  });

  it('an id that names nothing, or begins several: 404', async () => {
    const { call, a } = withHeld('d', 'e');
    for (const id of ['qr_', 'qr_000000', 'nothing', '..%2F']) {
      expect((await call('GET', `/v1/quarantine/${id}`)).statusCode).toBe(404);
      expect((await call('POST', `/v1/quarantine/${id}/release`)).statusCode).toBe(404);
    }
    expect(a.held()).toHaveLength(2);
  });
});
