import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { contentHashOf } from '../../../src/replica/edit/owner-set.ts';
import { openedBody } from '../../helpers/opened-body.ts';
import { type StoreTap, sightingsIn, tapStore, textOf } from '../../helpers/canaries.ts';
import { plantedSecrets } from '../../helpers/planted-secrets.ts';
import { batchesBy, last } from '../../helpers/setup-pair.ts';
import { type ApiSetup, setupApi } from '../api/setup-api.ts';

/** A token, a key of several lines and one inside of an address: each has other forms when it is written down. */
const secrets = ['github', 'private_key', 'database-connection-string'].map(
  (wanted) => [wanted, plantedSecrets.find(([rule]) => rule === wanted)?.[1] as string] as const,
);

interface Way {
  readonly what: string;
  /** redacted: the write holds, with a reference. refused: nothing was written. kept: it is what a vault is for. */
  readonly becomes: 'redacted' | 'refused' | 'kept';
  write(setup: ApiSetup, secret: string): Promise<{ statusCode: number; body: string }>;
}

const workspace = '/v1/collections/workspace';
const alias = (body: string): JsonObject => ({ kind: 'alias', name: 'll', body });
const task = (props: JsonObject): JsonObject => ({ kind: 'task', title: 't', props });

const ways: readonly Way[] = [
  {
    what: 'put as a whole value',
    becomes: 'redacted',
    write: async ({ call }, secret) => call('PUT', `${workspace}/records/r`, task({ secret })),
  },
  {
    what: 'patched in',
    becomes: 'redacted',
    write: async ({ call }, secret) => {
      await call('PUT', `${workspace}/records/r`, task({}));
      return call('PATCH', `${workspace}/records/r`, { props: { deep: [{ secret }] } });
    },
  },
  {
    what: 'put among many',
    becomes: 'redacted',
    write: async ({ call }, secret) =>
      call('POST', `${workspace}/records`, {
        items: [
          { id: 'r', fields: task({ secret }) },
          { id: 'other', fields: task({}) },
        ],
      }),
  },
  {
    what: 'inside of words',
    becomes: 'refused',
    write: async ({ call }, secret) => call('PUT', `${workspace}/records/r`, task({ words: `use ${secret} here` })),
  },
  {
    what: 'as the name of a member',
    becomes: 'refused',
    write: async ({ call }, secret) => call('PUT', `${workspace}/records/r`, task({ [secret]: 1 })),
  },
  {
    what: 'as the id of a record',
    becomes: 'refused',
    write: async ({ call }, secret) =>
      call('POST', `${workspace}/records`, { items: [{ id: secret, fields: task({}) }] }),
  },
  {
    what: 'as the id in an address',
    becomes: 'refused',
    write: async ({ call }, secret) => call('PUT', `${workspace}/records/${encodeURIComponent(secret)}`, task({})),
  },
  {
    what: "as the id in an owner's set",
    becomes: 'refused',
    write: async ({ call }, secret) => {
      const items = [{ id: secret, fields: task({}) }];
      return call('PUT', `${workspace}/owners/app/tasks`, { syncToken: 1, contentHash: contentHashOf(items), items });
    },
  },
  {
    what: 'pushed by an owner',
    becomes: 'redacted',
    write: async ({ call }, secret) => {
      const items = [{ id: 'r', fields: task({ secret }) }];
      return call('PUT', `${workspace}/owners/app/tasks`, { syncToken: 1, contentHash: contentHashOf(items), items });
    },
  },
  {
    what: 'typed into a shared text',
    becomes: 'refused',
    write: async ({ call }, secret) =>
      call('PUT', '/v1/collections/presence/records/r', { kind: 'note', text: secret }),
  },
  {
    what: 'in the update of an editor',
    becomes: 'refused',
    write: async ({ call }, secret) => {
      const note = '/v1/collections/presence/records/r';
      await call('PUT', note, { kind: 'note', text: 'one' });
      const editor = new Y.Doc();
      Y.applyUpdate(editor, new Uint8Array((await call('GET', `${note}/document`)).rawPayload));
      const before = Y.encodeStateVector(editor);
      (editor.getMap('fields').get('text') as Y.Text).insert(0, secret);
      const update = Buffer.from(Y.encodeStateAsUpdate(editor, before));
      return call('POST', `${note}/updates`, update, { 'content-type': 'application/octet-stream' });
    },
  },
  {
    what: 'in what a person merges',
    becomes: 'refused',
    write: async ({ a, b, call, exchange }, secret) => {
      b.put(['shell', 'r'], alias('ls'));
      exchange();
      return call('POST', `/v1/reviews/${last(a.reviews()).id}/merge`, { fields: alias(secret) });
    },
  },
  {
    what: 'into the vault',
    becomes: 'kept',
    write: async ({ call }, secret) =>
      call('PUT', '/v1/collections/secrets/records/r', { label: 'of the house', value: secret }),
  },
];

const questions = [
  ...['records', 'records/r', 'records/r/history', 'records/r/explain', 'records/r/references', 'owners/app/tasks'].map(
    (path) => `${workspace}/${path}`,
  ),
  ...['presence', 'shell', 'secrets', 'audit', 'inbox'].map((name) => `/v1/collections/${name}/records`),
  '/v1/collections/presence/records/r/document',
  ...['/v1/secrets', '/v1/reviews', '/v1/quarantine', '/v1/audit?limit=1000', '/v1/audit/verify', '/v1/restore'],
  ...['/v1/status', '/v1/engines', '/v1/doctor', '/statez', '/metrics', '/v1/openapi.json', '/v1/policy'],
];

/** Every place at which a device says or keeps something in the clear, and what leaves it. */
async function places(setup: ApiSetup, tap: StoreTap, answer: { body: string }): Promise<ReadonlyMap<string, string>> {
  const { a, b, call, events, faults, profile, workspace: shared, exchange } = setup;
  exchange();
  const answers = await Promise.all(questions.map(async (url) => (await call('GET', url)).rawPayload));
  const batches = [profile, shared].flatMap((scopeId) => batchesBy(a, scopeId));
  const histories = ['workspace', 'presence', 'shell'].map((name) =>
    a.replica.history(name as CollectionName, 'r' as never),
  );
  return new Map([
    ['its answer', answer.body],
    ['other answers', textOf(answers)],
    ['the store in the clear', tap.text()],
    ['batches', textOf([batches, a.appended])],
    ['batches that a peer opened', textOf(batches.map((bytes) => openedBody(b, bytes)))],
    ['changes', textOf(histories)],
    ['records of a peer', textOf(b.disk.records.list('workspace' as CollectionName, { cursor: null, limit: 10 }))],
    ['audit', textOf(a.disk.audit.read(0, 1000))],
    ['audit of a peer', textOf(b.disk.audit.read(0, 1000))],
    ['events', textOf([a.events, events.since(0)])],
    ['what went wrong inside', textOf(faults)],
  ]);
}

describe.each(secrets)('(invariants 14, 22) a secret of the rule %s', (_rule, secret) => {
  it.each(ways.map((way) => [way.what, way.becomes, way] as const))(
    '243 %s is %s, and stands in no form in anything that is kept in the clear, said or sent',
    async (_what, becomes, { write }) => {
      const tap = tapStore();
      const setup = setupApi(undefined, { devices: { wrapStore: tap.wrap } });
      const answer = await write(setup, secret);
      const isRefused = answer.statusCode >= 400 || answer.body.includes('secret_redacted');
      expect([isRefused, setup.a.disk.vault.list().length]).toEqual([
        becomes === 'refused',
        becomes === 'refused' ? 0 : 1,
      ]);
      const seen = await places(setup, tap, answer);
      expect(sightingsIn(seen, secret)).toEqual([]);
      expect(setup.faults).toEqual([]);
    },
  );
});

describe('the places that are searched', () => {
  it('243 hold what is no secret: a word written here is seen at each of them but what is sealed', async () => {
    const word = 'xylophone-concerto-in-b-minor';
    const tap = tapStore();
    const setup = setupApi(undefined, { devices: { wrapStore: tap.wrap } });
    const answer = await setup.call('PUT', `${workspace}/records/r`, task({ word }));
    const sighted = sightingsIn(await places(setup, tap, answer), word);
    for (const place of [
      ...['its answer', 'other answers', 'the store in the clear', 'batches that a peer opened', 'changes'],
      'records of a peer',
    ]) {
      expect(sighted).toContain(`${place}: utf-8`);
    }
    expect(sighted.filter((place) => place.startsWith('batches:'))).toEqual([]);
  });
});
