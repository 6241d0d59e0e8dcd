import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AddClientBody, AddedClientBody } from '../../../src/api/types/clients.ts';
import { ok } from '../../../src/base/result.ts';
import { parseDuration } from '../../../src/cli/ground/duration.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { refuses, run } from './setup-cli.ts';

const client: AddedClientBody = {
  ...{ id: 'abcdef0123', name: 'editor', state: 'active', capabilities: ['records.read'], collections: ['shell'] },
  ...{ origin: null, publicKey: 'public', createdAt: '2026-01-01T00:00:00.000Z', expiresAt: null, revokedAt: null },
  token: 'the-token',
};

describe('clients', () => {
  it('add sends what was asked with a new public key, and shows token and secret once', async () => {
    const asked: AddClientBody[] = [];
    const addClient = async (body: AddClientBody): Promise<ReturnType<typeof ok<AddedClientBody>>> => {
      asked.push(body);
      return ok(client);
    };
    const args = ['clients', 'add', 'editor', '--capability', 'records.read', '--collection', 'shell', '--ttl', '2h'];
    const said = await run({ client: { addClient } }, ...args);
    expect(said.exitCode).toBe(0);
    expect(said.out.join('\n')).toContain('the-token');
    expect(said.out.join('\n')).toContain('secret');
    expect(asked).toEqual([
      {
        ...{ name: 'editor', capabilities: ['records.read'], collections: ['shell'] },
        ...{ publicKey: 'public', ttlSeconds: 7200 },
      },
    ]);
    const json = await run({ client: { addClient } }, ...args, '--json');
    expect(json.documents).toEqual([{ ...client, secretKey: 'secret' }]);
  });

  it('add with a public key makes no pair, and reaches every collection unless told', async () => {
    const asked: AddClientBody[] = [];
    const addClient = async (body: AddClientBody): Promise<ReturnType<typeof ok<AddedClientBody>>> => {
      asked.push(body);
      return ok(client);
    };
    const args = ['clients', 'add', 'x', '--capability', 'admin', '--public-key', 'mine', '--origin', 'http://a'];
    const said = await run({ client: { addClient } }, ...args, '--json');
    expect(said.documents).toEqual([{ ...client, secretKey: null }]);
    expect(asked).toEqual([
      { name: 'x', capabilities: ['admin'], collections: 'all', publicKey: 'mine', origin: 'http://a' },
    ]);
  });

  it.each([
    [['clients', 'add', 'x']],
    [['clients', 'add', '--capability', 'admin']],
    [['clients', 'add', 'x', '--capability', 'admin', '--ttl', 'soon']],
    [['clients', 'revoke']],
  ])('%j: exit 2', async (args) => {
    expect((await run({}, ...args)).exitCode).toBe(2);
  });

  it('--out writes the token for its user alone, and shows it no more', async () => {
    const file = join(temporaryFolder(), 'token');
    const args = ['clients', 'add', 'x', '--capability', 'admin', '--public-key', 'mine', '--out', file];
    const said = await run({ client: { addClient: async () => ok(client) } }, ...args);
    expect(said.out.join('\n')).not.toContain(client.token);
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([`${client.token}\n`, 0o600]);
    const nowhere = await run(
      { client: { addClient: async () => ok(client) } },
      ...args.slice(0, -1),
      '/nonexistent/x',
    );
    expect(nowhere).toMatchObject({ exitCode: 2, notes: expect.stringContaining('It was done, but') });
  });

  it('ls and revoke', async () => {
    const { token: _token, ...body } = client;
    const listed = await run(
      { client: { clients: async () => ok({ items: [body], nextCursor: null }) } },
      'clients',
      'ls',
    );
    expect(listed.out.join('\n')).toMatch(/abcdef0123 +editor +active +never +records\.read +shell/);
    const revoked = await run({ client: { revokeClient: async () => ok(body) } }, 'clients', 'revoke', 'editor');
    expect(revoked).toMatchObject({ exitCode: 0, out: [expect.stringContaining('editor is revoked')] });
    const refused = await run({ client: { clients: refuses(403, 'No.', 'policy_denied') } }, 'clients', 'ls');
    expect(refused).toMatchObject({ exitCode: 6, out: [], notes: 'No.' });
  });
});

describe('durations', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['24h', 86_400],
    ['30d', 2_592_000],
    ['0s', undefined],
    ['-1h', undefined],
    ['1', undefined],
    ['1w', undefined],
    ['1.5h', undefined],
    ['9999999s', undefined],
    ['', undefined],
  ])('%j is %j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
});
