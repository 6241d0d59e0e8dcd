import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import type { HistoryBody } from '../../../src/api/types/bodies.ts';
import type { CollectionRollbackBody } from '../../../src/api/types/rollback.ts';
import { refuses, run } from './setup-cli.ts';

const version = 'A'.repeat(43);
const done: CollectionRollbackBody = {
  ...{
    collection: 'shell',
    at: '2026-01-01T00:00:00.000Z',
    executed: false,
    put: 2,
    remove: 1,
    unchanged: 5,
    damaged: 0,
  },
  ...{ failed: [], examples: [{ id: 'x', action: 'put', summary: 'alias ll' }] },
};
const entry: HistoryBody = {
  ...{ changeId: version, operation: 'put', disposition: 'applied', at: '2026-01-01T00:00:00.000Z', author: 'urn:me' },
  ...{
    deviceId: 'urn:dev',
    device: 'desk',
    summary: 'alias ll',
    current: false,
    rollback: true,
    parents: [],
    value: null,
  },
};

describe('records rollback', () => {
  it('of a record says its new version, and passes on what to hold it against', async () => {
    const asked: unknown[] = [];
    const rollbackRecord = async (...args: unknown[]): Promise<never> => {
      asked.push(args);
      return ok({ version: 'B'.repeat(43) }) as never;
    };
    const said = await run({ client: { rollbackRecord } }, 'records', 'rollback', 'shell', 'x', '--to', version);
    expect(said).toMatchObject({ exitCode: 0, out: [expect.stringContaining('new version BBB')] });
    await run(
      { client: { rollbackRecord } },
      'records',
      'rollback',
      'shell',
      'x',
      '--to',
      version,
      '--if-version',
      'v',
    );
    expect(asked).toEqual([
      ['shell', 'x', version, undefined],
      ['shell', 'x', version, 'v'],
    ]);
  });

  it('refused by policy leaves with 6, an unknown version with 1', async () => {
    const policy = { rollbackRecord: refuses(403, 'never changed', 'policy_denied/immutable_entry') };
    expect((await run({ client: policy }, 'records', 'rollback', 'audit', 'x', '--to', version)).exitCode).toBe(6);
    const unknown = { rollbackRecord: refuses(422, 'No version') };
    expect((await run({ client: unknown }, 'records', 'rollback', 'shell', 'x', '--to', version)).exitCode).toBe(1);
  });

  it.each([
    ['nothing more', ['shell']],
    ['a record without a version', ['shell', 'x']],
    ['a record and a time', ['shell', 'x', '--at', '2026-01-01T00:00:00Z']],
    ['a collection and a version', ['shell', '--to', version]],
    ['a time that is none', ['shell', '--at', 'yesterday']],
  ])('with %s leaves with 2', async (_name, args) => {
    const said = await run({}, 'records', 'rollback', ...args);
    expect(said.exitCode).toBe(2);
  });

  it('of a collection shows a plan and how to do it', async () => {
    const rollbackCollection = async (): Promise<never> => ok(done) as never;
    const said = await run({ client: { rollbackCollection } }, 'records', 'rollback', 'shell', '--at', done.at);
    expect(said.exitCode).toBe(0);
    expect(said.out.join('\n')).toContain('2 put back, 1 deleted, 5 unchanged');
    expect(said.out.join('\n')).toContain('… and 2 more.');
    expect(said.out.join('\n')).toContain('--execute');
  });

  it('of a collection that did not go back as a whole leaves with 1 and names what stays', async () => {
    const half = { ...done, executed: true, damaged: 1, failed: [{ id: 'y', message: 'No.' }], examples: [] };
    const rollbackCollection = async (): Promise<never> => ok(half) as never;
    const said = await run(
      { client: { rollbackCollection } },
      'records',
      'rollback',
      'shell',
      '--at',
      done.at,
      '--execute',
    );
    expect(said.exitCode).toBe(1);
    expect(said.out.join('\n')).toMatch(/shell is what it was.*1 damaged.*y stays as it is: No\./s);
  });
});

describe('records history', () => {
  it('lists versions for a person to choose from, and how to go back', async () => {
    const items = [entry, { ...entry, changeId: 'B'.repeat(43), current: true, device: '' }];
    const history = async (): Promise<never> => ok({ items, nextCursor: null }) as never;
    const said = (await run({ client: { history } }, 'records', 'history', 'shell', 'x')).out.join('\n');
    expect(said).toMatch(/AAAAAAAAAAAA +applied +desk +urn:me +alias ll/);
    expect(said).toMatch(/BBBBBBBBBBBB +live now +device \.\.\.urn:dev +urn:me/);
    expect(said).toContain('records rollback shell x --to AAAAAAAAAAAA');
  });

  it('says which change widened what an agent may use', async () => {
    const items = [entry, { ...entry, changeId: 'B'.repeat(43), widened: ['the tool Bash is new'] }];
    const history = async (): Promise<never> => ok({ items, nextCursor: null }) as never;
    const said = (await run({ client: { history } }, 'records', 'history', 'agents', 'x')).out.join('\n');
    expect(said.match(/^widened by .*$/gm)).toEqual(['widened by BBBBBBBBBBBB: the tool Bash is new']);
  });

  it('of one version that is live names none to go back to; of none says so', async () => {
    const only = async (): Promise<never> => ok({ items: [{ ...entry, current: true }], nextCursor: null }) as never;
    expect((await run({ client: { history: only } }, 'records', 'history', 'shell', 'x')).out.join('')).not.toContain(
      '--to',
    );
    const none = async (): Promise<never> => ok({ items: [], nextCursor: null }) as never;
    expect((await run({ client: { history: none } }, 'records', 'history', 'shell', 'x')).out.join('')).toContain(
      'No change',
    );
  });
});
