import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contentHashOf } from '../../../src/replica/edit/owner-set.ts';
import { createClient } from '../../../src/client/client.ts';
import { plantedSecrets } from '../../helpers/planted-secrets.ts';
import { rebind } from '../../helpers/rebind.ts';
import { last } from '../../helpers/setup-pair.ts';
import { type ApiSetup, type Method, setupApi, token } from '../api/setup-api.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { run } from './setup-cli.ts';

const secret = plantedSecrets.find(([rule]) => rule === 'github')?.[1] as string;
const alias = (body: string): object => ({ kind: 'alias', name: 'll', body });
const task = (title: string): { kind: string; title: string } => ({ kind: 'task', title });

interface Asked {
  readonly call: readonly [method: Method, url: string, body?: unknown];
  readonly command: readonly string[];
}

interface Row {
  readonly what: string;
  /** What came before; answers what is asked about. */
  readonly given: (setup: ApiSetup) => string;
  readonly asked: (about: string, file: (value: unknown) => string) => Asked;
  /** HTTP status, exit code, reason where one applies, and words for a person. */
  readonly status: number;
  readonly exitCode: number;
  readonly reasonCode?: string;
  readonly words: RegExp;
}

/** A proposal of b on a, by its id. */
function proposal({ a, b, exchange }: ApiSetup, ...ids: readonly string[]): string {
  for (const id of ids) {
    b.put(['shell', id], { kind: 'alias', name: 'll', body: 'ls' });
  }
  exchange();
  return last(a.reviews()).id;
}

/** What b dropped into the inbox of a, by its id in quarantine. */
function held({ a, b, exchange }: ApiSetup, ...ids: readonly string[]): string {
  for (const id of ids) {
    b.put(['inbox', id], { producer: 'mail', body: 'one' });
  }
  exchange();
  return last(a.held()).id;
}

const many = Array.from({ length: 40 }, (_, index) => `r${index}`);
const shared = (ids: readonly string[]): string => {
  const starts = ids.map((id) => id.slice(0, 4));
  return starts.find((start, index) => starts.indexOf(start) !== index) ?? ids[0]?.slice(0, 3) ?? '';
};

function decided(decision: 'accept' | 'reject' | 'keep-both' | 'undo'): (about: string) => Asked {
  return (about) => ({ call: ['POST', `/v1/reviews/${about}/${decision}`], command: ['reviews', decision, about] });
}

function settled(action: 'release' | 'drop'): (about: string) => Asked {
  return (about) => ({ call: ['POST', `/v1/quarantine/${about}/${action}`], command: ['quarantine', action, about] });
}

function written(collection: string, fields: object): Row['asked'] {
  return (_about, file) => ({
    call: ['PUT', `/v1/collections/${collection}/records/w`, fields],
    command: ['records', 'put', collection, 'w', '--file', file(fields)],
  });
}

function pushed(collection: string, syncToken: number, items: readonly { id: string; fields: object }[]): Row['asked'] {
  const set = { syncToken, contentHash: contentHashOf(items as never), items };
  return (_about, file) => ({
    call: ['PUT', `/v1/collections/${collection}/owners/app/tasks`, set],
    command: ['push', collection, '--owner', 'app:tasks', '--token', String(syncToken), '--file', file(items)],
  });
}

const nothing = (): string => 'rv_aaaaaaaaaaaaaaaa';

const table: readonly Row[] = [
  ...(['accept', 'reject', 'keep-both', 'undo'] as const).flatMap((decision): Row[] => [
    {
      what: `${decision} of a review that is not there`,
      ...{ given: nothing, asked: decided(decision), status: 404, exitCode: 1, words: /reviews ls/ },
    },
    {
      what: `${decision} of an id that several reviews begin with`,
      given: (setup) => (proposal(setup, ...many), shared(setup.a.reviews().map(({ id }) => id))),
      ...{ asked: decided(decision), status: 404, exitCode: 1, words: /reviews ls/ },
    },
  ]),
  ...(['accept', 'reject', 'keep-both'] as const).map(
    (decision): Row => ({
      what: `${decision} of a review that was decided`,
      given: (setup) => {
        const id = proposal(setup, 'x');
        setup.a.replica.decide([id], 'reject');
        return id;
      },
      ...{ asked: decided(decision), status: 409, exitCode: 1, words: /decided already: rejected.*reviews undo/ },
    }),
  ),
  {
    what: 'undo of a review that nobody decided',
    given: (setup) => proposal(setup, 'x'),
    ...{ asked: decided('undo'), status: 403, exitCode: 6, reasonCode: 'policy_denied/entry_unknown' },
    words: /nothing to undo/,
  },
  {
    what: 'keep-both of a proposal with nothing beside it',
    given: (setup) => proposal(setup, 'x'),
    ...{ asked: decided('keep-both'), status: 403, exitCode: 6, reasonCode: 'policy_denied/decision_unsuited' },
    words: /Accept it/,
  },
  {
    what: 'merge with a record that breaks its schema',
    given: (setup) => proposal(setup, 'x'),
    asked: (about, file) => ({
      call: ['POST', `/v1/reviews/${about}/merge`, { fields: { kind: 'nothing' } }],
      command: ['reviews', 'merge', about, '--file', file({ kind: 'nothing' })],
    }),
    ...{ status: 422, exitCode: 1, words: /name/ },
  },
  {
    what: '43 merge with a raw secret',
    given: (setup) => proposal(setup, 'x'),
    asked: (about, file) => ({
      call: ['POST', `/v1/reviews/${about}/merge`, { fields: alias(secret) }],
      command: ['reviews', 'merge', about, '--file', file(alias(secret))],
    }),
    ...{ status: 422, exitCode: 1, reasonCode: 'secret_redacted', words: /secrets set/ },
  },
  ...(['release', 'drop'] as const).flatMap((action): Row[] => [
    {
      what: `${action} of a held change that is not there`,
      given: () => 'qr_aaaaaaaaaaaaaaaa',
      ...{ asked: settled(action), status: 404, exitCode: 1, words: /quarantine ls/ },
    },
    {
      what: `${action} of an id that several held changes begin with`,
      given: (setup) => (held(setup, ...many), shared(setup.a.held().map(({ id }) => id))),
      ...{ asked: settled(action), status: 404, exitCode: 1, words: /quarantine ls/ },
    },
    {
      what: `${action} of a held change that was settled`,
      given: (setup) => {
        const id = held(setup, 'x');
        setup.a.replica.drop(id);
        return id;
      },
      ...{ asked: settled(action), status: 409, exitCode: 1, words: /dropped/ },
    },
  ]),
  {
    what: '43 a raw secret in a value',
    ...{ given: nothing, asked: written('workspace', task(`use ${secret}`)), status: 422, exitCode: 1 },
    ...{ reasonCode: 'secret_redacted', words: /secrets set/ },
  },
  {
    what: '43 a raw secret in the set of an owner',
    ...{ given: nothing, asked: pushed('workspace', 1, [{ id: 'x', fields: task(`use ${secret}`) }]) },
    ...{ status: 422, exitCode: 1, reasonCode: 'secret_redacted', words: /Nothing of the set was taken/ },
  },
  {
    what: '45 a record of an org that was not joined',
    given: ({ a }) => {
      rebind(a, 'models', { scope: 'org' });
      return '';
    },
    asked: written('models', { kind: 'model', name: 'm', local: true, enabled: true }),
    ...{ status: 409, exitCode: 1, words: /scopes create org/ },
  },
  {
    what: '46 a record of an unknown collection',
    ...{ given: nothing, asked: written('weather', task('t')), status: 404, exitCode: 1 },
    ...{ reasonCode: 'schema_unknown', words: /No engine serves/ },
  },
  {
    what: '48 a record that policy denies',
    given: (setup) => {
      setup.a.floor = { 'write.workspace': { kind: 'decision', value: 'deny' } };
      return '';
    },
    ...{ asked: written('workspace', task('t')), status: 403, exitCode: 6 },
    ...{ reasonCode: 'policy_denied/policy_rule', words: /policy explain write\.workspace/ },
  },
  {
    what: '42 a set for the vault',
    ...{ given: nothing, asked: pushed('secrets', 1, [{ id: 'x', fields: { label: 'l', value: 'v' } }]) },
    ...{ status: 403, exitCode: 6, reasonCode: 'policy_denied/stays_on_device', words: /vault/ },
  },
  {
    what: 'a set that names a record twice',
    given: nothing,
    asked: pushed('workspace', 1, [
      { id: 'x', fields: task('one') },
      { id: 'x', fields: task('two') },
    ]),
    ...{ status: 422, exitCode: 1, words: /twice/ },
  },
  {
    what: 'a set with an older token',
    given: ({ a }) => {
      const items = [{ id: 'y', fields: task('y') }];
      const set = { syncToken: 7, contentHash: contentHashOf(items), items, version: null };
      a.replica.pushOwnerSet('workspace' as never, { ...set, owner: { type: 'app', id: 'tasks' } }, false);
      return '';
    },
    ...{ asked: pushed('workspace', 3, [{ id: 'x', fields: task('x') }]), status: 409, exitCode: 1 },
    words: /sync token 7, and this one 3/,
  },
];

/** The command line before the API before the replica of a, over a real socket. */
async function served(setup: ApiSetup): Promise<ReturnType<typeof createClient>> {
  const socketPath = join(temporaryFolder(), 'api.sock');
  await setup.api.listen({ path: socketPath });
  onTestFinished(async () => setup.api.close());
  return createClient({ socketPath, token });
}

function fileWith(value: unknown): string {
  const path = join(temporaryFolder(), 'value.json');
  writeFileSync(path, JSON.stringify(value));
  return path;
}

describe('bad input', () => {
  it.each(table.map((row) => [row.what, row] as const))('%s', async (_what, row) => {
    const setup = setupApi();
    const about = row.given(setup);
    const { call, command } = row.asked(about, fileWith);
    const before = state(setup);
    const answer = await setup.call(...call);
    expect(answer.statusCode).toBe(row.status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      ...{ status: row.status, title: expect.any(String), detail: expect.stringMatching(row.words) },
      ...(row.reasonCode === undefined ? {} : { reasonCode: row.reasonCode }),
    });
    const said = await run({ client: await served(setup) }, ...command);
    expect([said.exitCode, said.notes]).toEqual([row.exitCode, expect.stringMatching(row.words)]);
    expect(answer.body + said.notes).not.toContain(secret);
    expect(state(setup)).toEqual(before);
    expect(setup.faults).toEqual([]);
  });

  it('a set with the records of another owner leaves those alone, and says so: exit 3', async () => {
    const setup = setupApi();
    setup.a.put(['workspace', 'x'], task('of a person'));
    const { call, command } = pushed('workspace', 1, [{ id: 'x', fields: task('of the app') }])('', fileWith);
    expect((await setup.call(...call)).json()).toMatchObject({ status: 'partial', foreign: [{ id: 'x' }] });
    const said = await run({ client: await served(setup) }, ...command.with(5, '2'));
    expect(said.exitCode).toBe(3);
    expect(setup.a.fields(['workspace', 'x'])).toEqual(task('of a person'));
  });
});

/** Nothing is lost by bad input, and nothing comes of it. */
function state({ a }: ApiSetup): unknown {
  const rows = ['workspace', 'shell', 'inbox'].flatMap(
    (name) => a.disk.records.list(name as never, { cursor: null, limit: 100 }).items,
  );
  return [rows, a.reviews(), a.held(), a.appended.length];
}
