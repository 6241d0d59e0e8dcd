import { expect, it } from 'vitest';
import type { CollectionName, ScopeId } from '../../../src/base/ids.ts';
import type { PageBody, RecordBody } from '../../../src/api/types/bodies.ts';
import type { ScopeBody, ScopeUseBody } from '../../../src/api/types/devices.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const workspace = 'workspace' as CollectionName;
const records = '/v1/collections/workspace/records';
const task = (title: string) => ({ kind: 'task', title });

/** With a second workspace, that is called team. */
async function setup(): Promise<ApiSetup & { readonly read: () => Promise<void> }> {
  const made = setupApi();
  made.a.onEvent = (event) => {
    made.events.add(event);
  };
  expect((await made.call('POST', '/v1/scopes', { kind: 'workspace', name: 'team' })).statusCode).toBe(200);
  return {
    ...made,
    /** Resolves once the log that was chosen is read. */
    async read() {
      while (made.a.replica.isLearning(workspace)) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
    },
  };
}

async function servesWorkspace({ call }: ApiSetup): Promise<string | undefined> {
  const { items } = (await call('GET', '/v1/scopes')).json<PageBody<ScopeBody>>();
  return items.find(({ serves }) => serves.includes('workspace'))?.name;
}

it('SC1 a workspace is chosen for a collection: first as a plan, which changes nothing', async () => {
  const made = await setup();
  const { call, read } = made;
  await call('PUT', `${records}/w`, task('mine'));
  const plan = (await call('POST', '/v1/scopes/team/use', { collection: 'workspace' })).json();
  expect(plan).toMatchObject({ collection: 'workspace', live: 1, questions: 0, resting: [], executed: false });
  expect(await servesWorkspace(made)).not.toBe('team');
  const used = await call('POST', '/v1/scopes/team/use', { collection: 'sourceos.sync.workspace', execute: true });
  expect([used.statusCode, used.json()]).toEqual([200, { ...plan, executed: true }]);
  await read();
  expect(await servesWorkspace(made)).toBe('team');
  expect((await call('GET', records)).json<PageBody<RecordBody>>().items).toEqual([]);
  expect(made.events.since(0).events.some(({ type }) => type === 'scope.chosen')).toBe(true);
  await call('PUT', `${records}/w`, task('ours'));
  const again = await call('POST', '/v1/scopes/team/use', { collection: 'workspace', execute: true });
  expect(again.json()).toMatchObject({ from: plan.to, to: plan.to });
  await call('POST', `/v1/scopes/${encodeURIComponent(plan.from)}/use`, { collection: 'workspace', execute: true });
  await read();
  expect((await call('GET', `${records}/w`)).json<RecordBody>().fields).toEqual(task('mine'));
});

it('SC2 until its log is read, nothing is written', async () => {
  const { call, a } = await setup();
  const { items } = (await call('GET', '/v1/scopes')).json<PageBody<ScopeBody>>();
  const team = items.find(({ name }) => name === 'team')?.scopeId as ScopeId;
  expect(a.replica.chooseScope(workspace, team).ok).toBe(true);
  const early = await call('PUT', `${records}/w`, task('early'));
  expect([early.statusCode, early.json<{ detail: string }>().detail]).toEqual([
    409,
    expect.stringContaining('still being read here'),
  ]);
  expect([...a.replica.learnScopes()]).toEqual([]);
  expect((await call('PUT', `${records}/w`, task('now'))).statusCode).toBe(200);
});

it.each([
  ['without a collection', 'team', {}, 400, 'The body is'],
  ['a scope that is not held', 'moon', { collection: 'workspace' }, 404, 'sourcesync scopes ls'],
  ['a collection that is not here', 'team', { collection: 'moon' }, 404, 'sourcesync engines ls'],
  ['what says what others may do', 'team', { collection: 'agents', execute: true }, 409, 'what others may do'],
  ['what belongs to the profile', 'team', { collection: 'shell', execute: true }, 409, 'of which there is one'],
])('SC3 says what is wrong with %s, and does nothing', async (_what, scope, body, status, message) => {
  const made = await setup();
  const reply = await made.call('POST', `/v1/scopes/${scope}/use`, body);
  expect([reply.statusCode, reply.json<{ detail: string }>().detail]).toEqual([
    status,
    expect.stringContaining(message),
  ]);
  expect(await servesWorkspace(made)).not.toBe('team');
});

it('SC1 two choices at once are made one after the other', async () => {
  const made = await setup();
  const plan = (await made.call('POST', '/v1/scopes/team/use', { collection: 'workspace' })).json<ScopeUseBody>();
  const ownId = encodeURIComponent(plan.from);
  const body = { collection: 'workspace', execute: true };
  const both = await Promise.all([
    made.call('POST', '/v1/scopes/team/use', body),
    made.call('POST', `/v1/scopes/${ownId}/use`, body),
  ]);
  expect(both.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  await made.read();
  expect(await servesWorkspace(made)).not.toBe('team');
});
