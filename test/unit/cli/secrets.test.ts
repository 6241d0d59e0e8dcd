import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { run } from './setup-cli.ts';

const secret = { id: 'k', ref: 'urn:srcos:secret:k', label: 'house', kind: null, notes: null };
const word = 'xylophone';

function vaultClient(): { client: object; done: unknown[] } {
  const done: unknown[] = [];
  return {
    done,
    client: {
      secrets: async () => ok({ items: [secret], nextCursor: null }),
      revealSecret: async (id: string) => ok({ ...secret, id, value: word }),
      putRecord: async (...args: unknown[]) => ok(done.push(args)),
      removeRecord: async (...args: unknown[]) => ok(done.push(args)),
    },
  };
}

describe('secrets', () => {
  it('ls shows no value', async () => {
    const { client } = vaultClient();
    expect((await run({ client }, 'secrets', 'ls')).out.join()).toContain('urn:srcos:secret:k');
    expect((await run({ client }, 'secrets', 'ls', '--json')).documents).toEqual([
      { items: [secret], nextCursor: null },
    ]);
  });

  it('set reads a file, standard input or what is typed, and shows none of it', async () => {
    const { client, done } = vaultClient();
    const file = join(temporaryFolder(), 'value');
    writeFileSync(file, word);
    const said = [
      await run({ client }, 'secrets', 'set', 'k', '--file', file, '--kind', 'password', '--notes', 'n'),
      await run({ client, stdin: word }, 'secrets', 'set', 'new', '--file', '-'),
      await run({ client, typed: [word] }, 'secrets', 'set', 'other', '--label', 'mine', '--json'),
    ];
    expect(said.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(JSON.stringify(said)).not.toContain(word);
    expect(done).toEqual([
      ['secrets', 'k', { value: word, kind: 'password', notes: 'n' }],
      ['secrets', 'new', { value: word, label: 'new' }],
      ['secrets', 'other', { value: word, label: 'mine' }],
    ]);
  });

  it('set without a terminal or with a file that is not there: usage, and nothing is done', async () => {
    const { client, done } = vaultClient();
    expect(await run({ client }, 'secrets', 'set', 'k')).toMatchObject({ exitCode: 2 });
    expect(await run({ client }, 'secrets', 'set', 'k', '--file', '/nowhere/x')).toMatchObject({ exitCode: 2 });
    expect(done).toEqual([]);
  });

  it('get shows the value, or writes exactly it to a new file of its owner', async () => {
    const { client } = vaultClient();
    expect((await run({ client }, 'secrets', 'get', 'k')).out).toEqual([word]);
    expect((await run({ client }, 'secrets', 'get', 'k', '--json')).documents).toMatchObject([{ value: word }]);
    const out = join(temporaryFolder(), 'value');
    const said = await run({ client }, 'secrets', 'get', 'k', '--out', out, '--json');
    expect(said.documents).toEqual([{ ...secret, file: out }]);
    expect([readFileSync(out, 'utf8'), statSync(out).mode & 0o777]).toEqual([word, 0o600]);
    expect(await run({ client }, 'secrets', 'get', 'k', '--out', out)).toMatchObject({ exitCode: 2 });
  });

  it('rm says what it would do, and does it with --execute; an unknown one fails', async () => {
    const { client, done } = vaultClient();
    expect((await run({ client }, 'secrets', 'rm', 'k', '--json')).documents).toEqual([{ ...secret, removed: false }]);
    expect(done).toEqual([]);
    expect((await run({ client }, 'secrets', 'rm', 'k', '--execute')).exitCode).toBe(0);
    expect(done).toEqual([['secrets', 'k']]);
    expect(await run({ client }, 'secrets', 'rm', 'none', '--execute')).toMatchObject({ exitCode: 1 });
  });
});
