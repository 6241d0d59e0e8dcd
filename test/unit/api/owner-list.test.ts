import { describe, expect, it } from 'vitest';
import { engineFor } from '../../../src/api/answers/needs.ts';
import type { EngineBody } from '../../../src/api/types/bodies.ts';
import type { ExplainBody } from '../../../src/api/types/explain.ts';
import type { OwnerStatusBody } from '../../../src/api/types/owners.ts';
import type { ReferenceBody } from '../../../src/api/types/references.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { contentHashOf } from '../../../src/replica/edit/owner-set.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const extensions = '/v1/collections/extensions/owners/app/code';
const tasks = '/v1/collections/workspace/owners/service/tasks';

function bodyOf(
  items: readonly { readonly id: string; readonly fields: JsonObject }[],
  change: object = {},
): JsonObject {
  return { syncToken: 1, contentHash: contentHashOf(items), items, ...change } as JsonObject;
}

const extension = (id: string, change: JsonObject = {}) => ({
  id,
  fields: { host: 'vscode', extensionId: id, version: '1.4.0', enabled: true, ...change },
});
const task = (id: string, to: string, edge: JsonObject = {}) => ({
  id,
  fields: { kind: 'task', title: id, edges: { e: { type: 'uses', to, ...edge } } },
});

async function clientOf({ call }: ApiSetup, collections: readonly string[]): Promise<Record<string, string>> {
  const capabilities = ['records.read', 'records.write', 'engines.read'];
  const made = await call('POST', '/v1/clients', { name: 'reader', capabilities, collections });
  return { authorization: `Bearer ${(made.json() as { token: string }).token}` };
}

async function itemsOf(
  { call }: ApiSetup,
  url: string,
  headers?: Record<string, string>,
): Promise<readonly OwnerStatusBody[]> {
  return (await call('GET', url, undefined, headers)).json<{ items: readonly OwnerStatusBody[] }>().items;
}

/** One set that is synced and then failed, and one that wants another version of what the first brought. */
async function twoSets(): Promise<ApiSetup> {
  const setup = setupApi();
  await setup.call('PUT', extensions, bodyOf([extension('py')], { version: '1.0.0' }));
  const broken = [extension('py'), extension('go', { enabled: 'maybe' })];
  await setup.call('PUT', extensions, bodyOf(broken, { syncToken: 2, version: '2.0.0' }));
  await setup.call('PUT', tasks, bodyOf([task('t', 'extensions/py', { version: '^2' })]));
  return setup;
}

describe('the list of owners’ sets', () => {
  it('O1 says of each what is active, what it lacks and what became of the last push', async () => {
    const setup = await twoSets();
    const items = await itemsOf(setup, '/v1/owners');
    expect(items).toMatchObject([
      {
        ...{ collection: 'extensions', engineId: 'sourceos.sync.extensions', owner: 'urn:srcos:app:code' },
        ...{ type: 'app', id: 'code', status: 'sync_failed', syncToken: 1, version: '1.0.0', items: 1, foreign: 0 },
        ...{ unsatisfied: { count: 0, first: [] }, late: { syncToken: 2, version: '2.0.0', review: null } },
        message: expect.stringMatching(/item 1 \(go\)/) as unknown,
      },
      {
        ...{ collection: 'workspace', type: 'service', id: 'tasks', status: 'partial', syncToken: 1, late: null },
        unsatisfied: { count: 1, first: [{ id: 't', to: 'extensions/py', detail: 'is 1.4.0, wanted ^2' }] },
      },
    ]);
    expect(items[0]?.takenAt).toMatch(/Z$/);
    expect((await setup.call('GET', extensions)).json()).toEqual(items[0]);
    expect(await itemsOf(setup, '/v1/collections/workspace/owners')).toEqual(items.slice(1));
    expect(await itemsOf(setup, '/v1/owners?collection=extensions')).toEqual(items.slice(0, 1));
    expect(await itemsOf(setup, '/v1/owners?owner=service:tasks')).toEqual(items.slice(1));
    expect(await itemsOf(setup, '/v1/owners?owner=seed:none')).toEqual([]);
  });

  it('O1 comes a page at a time', async () => {
    const { call } = await twoSets();
    const first = (await call('GET', '/v1/owners?limit=1')).json<{ items: OwnerStatusBody[]; nextCursor: string }>();
    const second = (await call('GET', `/v1/owners?limit=1&cursor=${first.nextCursor}`)).json();
    expect([first.items[0]?.collection, second]).toMatchObject([
      'extensions',
      { items: [{ collection: 'workspace' }], nextCursor: null },
    ]);
  });

  it.each([
    ['/v1/owners?limit=0', /limit/],
    ['/v1/owners?cursor=%00', /cursor/],
    ['/v1/owners?collection=A!', /collection/],
    ['/v1/owners?owner=user:me', /app:NAME/],
    ['/v1/owners?owner=__proto__', /app:NAME/],
    ['/v1/owners?owner=app:a&owner=app:b', /app:NAME/],
    [`/v1/owners?owner=app:${'a'.repeat(129)}`, /app:NAME/],
  ])('O1 asked as %s is refused in words', async (url, words) => {
    const refused = await setupApi().call('GET', url);
    expect([refused.statusCode, refused.json<{ detail: string }>().detail]).toEqual([
      400,
      expect.stringMatching(words),
    ]);
  });

  it('O2 a client sees the sets of its collections, and of others not even which version is there', async () => {
    const setup = await twoSets();
    const client = await clientOf(setup, ['workspace']);
    expect((await setup.call('GET', '/v1/owners', undefined, client)).statusCode).toBe(403);
    expect((await setup.call('GET', '/v1/collections/extensions/owners', undefined, client)).statusCode).toBe(403);
    expect((await setup.call('GET', extensions, undefined, client)).statusCode).toBe(403);
    const [mine, ...more] = await itemsOf(setup, '/v1/owners?collection=workspace', client);
    expect([mine?.unsatisfied, more]).toEqual([{ count: 1, first: [{ id: 't', to: 'extensions/py' }] }, []]);
    const again = bodyOf([task('t', 'extensions/py', { version: '^3' })], { syncToken: 2 });
    expect((await setup.call('PUT', tasks, again, client)).json()).toMatchObject({
      ...{ status: 'partial', missing: [{ id: 't', to: 'extensions/py' }] },
    });
    const other = bodyOf([task('t', 'extensions/py', { version: '^2' })], { syncToken: 3 });
    expect(JSON.stringify((await setup.call('PUT', tasks, other, client)).json())).not.toContain('1.4.0');
  });
});

describe('opaque tokens over the API', () => {
  it('O3 are compared with the active one, which a refusal names', async () => {
    const { call } = setupApi();
    const set = (syncToken: unknown, previousToken: unknown, ...ids: string[]): JsonObject =>
      bodyOf(
        ids.map((id) => extension(id)),
        {
          syncToken,
          ...(previousToken === undefined ? {} : { previousToken }),
        },
      );
    expect((await call('PUT', extensions, set('W/"1"', undefined, 'a'))).json()).toMatchObject({ syncToken: 'W/"1"' });
    for (const [token, previous, current] of [
      ['W/"2"', undefined, 'W/"1"'],
      ['W/"2"', 'W/"0"', 'W/"1"'],
      [5, undefined, 'W/"1"'],
    ]) {
      const refused = await call('PUT', extensions, set(token, previous, 'a', 'b'));
      expect([refused.statusCode, refused.json()]).toMatchObject([409, { current }]);
    }
    expect((await call('PUT', extensions, set('W/"2"', 'W/"1"', 'a', 'b'))).statusCode).toBe(200);
    expect((await call('GET', extensions)).json()).toMatchObject({ syncToken: 'W/"2"', items: 2, status: 'synced' });
    const early = await call('PUT', extensions.replace('code', 'other'), set('b', 'a', 'z'));
    expect([early.statusCode, early.json()]).toMatchObject([409, { current: null }]);
  });

  it.each<[what: string, change: object, words: RegExp]>([
    ['an empty token', { syncToken: '' }, /syncToken: .*1 to 256/],
    ['a token that reads as a number', { syncToken: '5' }, /syncToken: /],
    ['a huge token', { syncToken: 'a'.repeat(100_000) }, /syncToken: /],
    ['a list as token', { syncToken: ['a'] }, /syncToken: /],
    ['half a number', { syncToken: 1.5 }, /syncToken: /],
    ['null as previous token', { previousToken: null }, /previousToken: /],
    ['an object as previous token', { previousToken: {} }, /previousToken: /],
  ])('O3 with %s are refused in words, and nothing is noted', async (_what, change, words) => {
    const { call } = setupApi();
    const refused = await call('PUT', extensions, bodyOf([extension('a')], change));
    expect([refused.statusCode, refused.json<{ detail: string }>().detail]).toEqual([
      400,
      expect.stringMatching(words),
    ]);
    expect((await call('GET', '/v1/owners')).json()).toEqual({ items: [], nextCursor: null });
  });
});

describe('a record that refers into a set that was not taken', () => {
  it('248 is told so with what it wants, by its references and by explain', async () => {
    const { call } = await twoSets();
    const { items } = (await call('GET', '/v1/collections/workspace/records/t/references')).json() as {
      items: readonly ReferenceBody[];
    };
    expect(items).toMatchObject([
      {
        ...{ to: 'extensions/py', version: '^2', detail: 'is 1.4.0, wanted ^2', outcome: 'declared-but-unavailable' },
        ...{ fatal: true, set: { owner: 'app:code', collection: 'extensions', status: 'sync_failed' } },
      },
    ]);
    expect(items[0]).not.toHaveProperty('wants');
    const { needs } = (await call('GET', '/v1/collections/workspace/records/t/explain')).json() as ExplainBody;
    expect(needs?.map(({ message }) => message)).toEqual([
      'It needs extensions/py: is 1.4.0, wanted ^2.',
      expect.stringMatching(/^It refers to extensions\/py\. The set of app:code in extensions was not taken/),
    ]);
  });

  it('248 tells a client nothing of sets in collections that it may not read', async () => {
    const setup = await twoSets();
    const client = await clientOf(setup, ['workspace']);
    for (const what of ['references', 'explain']) {
      const answer = await setup.call('GET', `/v1/collections/workspace/records/t/${what}`, undefined, client);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).not.toMatch(/1\.4\.0|app:code|sync_failed/);
      expect(answer.body).toContain('denied');
    }
  });

  it('248 of a record that needs nothing explain says nothing more', async () => {
    const { call } = await twoSets();
    expect((await call('GET', '/v1/collections/extensions/records/py/explain')).json()).not.toHaveProperty('needs');
  });
});

describe('what an engine needs of sets', () => {
  it.each<[reads: readonly string[], told: readonly string[]]>([
    [['workspace', 'extensions'], ['extensions']],
    [['workspace', 'models'], ['models']],
    [['workspace'], []],
    [['extensions', 'models'], []],
  ])('O2 is told to who reads %j of %j', (reads, told) => {
    const need = (collection: string): object => ({ collection, owner: 'app:code', first: ['t'] });
    const engine = { collection: 'workspace', needs: [need('extensions'), need('models')] } as unknown as EngineBody;
    const { needs } = engineFor(engine, { mayRead: (collection) => reads.includes(collection) });
    expect(needs?.map(({ collection }) => collection) ?? []).toEqual(told);
    const quiet = { collection: 'workspace' } as EngineBody;
    expect(engineFor(quiet, { mayRead: () => true })).toBe(quiet);
  });
});
