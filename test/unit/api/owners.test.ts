import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { contentHashOf } from '../../../src/replica/edit/owner-set.ts';
import { setupApi } from './setup-api.ts';

const url = '/v1/collections/workspace/owners/app/tasks';

function bodyOf(syncToken: number, ids: readonly string[], change: object = {}): JsonObject {
  const items = ids.map((id) => ({ id, fields: { kind: 'task', title: id } }));
  return { syncToken, contentHash: contentHashOf(items), items, ...change };
}

describe('owner sets', () => {
  it('are pushed and told of', async () => {
    const { call } = setupApi();
    expect((await call('GET', url)).json()).toMatchObject({
      status: 'not_synced',
      syncToken: null,
      items: 0,
      at: null,
    });
    const pushed = await call('PUT', url, bodyOf(1, ['x', 'y'], { version: '1.0.0' }));
    expect([pushed.statusCode, pushed.json()]).toMatchObject([200, { upserted: 2, pruned: 0, status: 'synced' }]);
    expect((await call('GET', url)).json()).toMatchObject({
      ...{ collection: 'workspace', owner: 'urn:srcos:app:tasks', status: 'synced', syncToken: 1 },
      ...{ version: '1.0.0', items: 2, message: null },
    });
  });

  it.each<[string, string, unknown, number, RegExp]>([
    ['an older token', url, bodyOf(1, ['y']), 409, /sync token 3/],
    ['a wrong hash', url, bodyOf(4, ['y'], { contentHash: 'sha256:' }), 422, /contentHash/],
    ['no object', url, [], 400, /syncToken/],
    ['items that are none', url, bodyOf(4, [], { items: [{ id: 1 }] }), 400, /items/],
    ['a version that is no text', url, bodyOf(4, ['y'], { version: 1 }), 400, /version/],
    ['twenty-five faults', url, bodyOf(4, Array(25).fill('y')), 422, /and 4 more/],
    ['an unknown type of owner', url.replace('/app/', '/user/'), bodyOf(1, ['y']), 400, /app, service or seed/],
    ['a bad name', url.replace('tasks', 'a%20b'), bodyOf(1, ['y']), 400, /letters/],
    ['an unknown collection', url.replace('workspace', 'weather'), bodyOf(1, ['y']), 404, /No engine/],
    ['no name of a collection', url.replace('workspace', 'A!'), bodyOf(1, ['y']), 404, /no name/],
    ['the vault', url.replace('workspace', 'secrets'), bodyOf(1, ['y']), 403, /vault/],
  ])('with %s are refused in words', async (_name, at, body, status, words) => {
    const { call } = setupApi();
    await call('PUT', url, bodyOf(3, ['x']));
    const refused = await call('PUT', at, body);
    expect([refused.statusCode, refused.json<{ detail: string }>().detail]).toEqual([
      status,
      expect.stringMatching(words),
    ]);
    expect((await call('GET', '/v1/collections/workspace/records')).json<{ items: unknown[] }>().items).toHaveLength(1);
  });

  it('that the brake holds say so, and go on once confirmed', async () => {
    const { call } = setupApi();
    const ids = Array.from({ length: 11 }, (_, index) => `r${index}`);
    await call('PUT', url, bodyOf(1, ids));
    const held = await call('PUT', url, bodyOf(2, []));
    expect(held.statusCode).toBe(409);
    expect(held.json()).toMatchObject({
      reasonCode: 'manual_review_required/brake_mass_change',
      brake: {
        live: 11,
        removals: 11,
        replacements: 0,
        allowed: 10,
        reviewId: expect.stringMatching(/^rv_/) as unknown,
      },
    });
    expect((await call('PUT', url, bodyOf(2, [], { confirm: true }))).json()).toMatchObject({ pruned: 11 });
    expect((await call('GET', '/v1/reviews')).json<{ items: unknown[] }>().items).toEqual([]);
  });
});
