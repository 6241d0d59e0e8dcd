import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GrantBody, GrantedBody, LeaseBody, LeaseVerdictBody } from '../../../src/api/types/leases.ts';
import { ok } from '../../../src/base/result.ts';
import type { LeaseFiles } from '../../../src/cli/ground/context.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { refuses, run } from './setup-cli.ts';

const body: LeaseBody = {
  ...{ leaseId: 'urn:srcos:lease:abcdef', agentId: 'urn:srcos:agent:writer', capability: 'records.write' },
  ...{ scopeId: 'urn:srcos:scope:s', grantedBy: 'urn:srcos:device:d', collections: ['notes'], policyClass: 'medium' },
  ...{ issuedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-02T00:00:00.000Z', requiresHumanApproval: false },
  ...{ scopeKind: 'workspace', state: 'active', reasonCode: null },
};
const granted: GrantedBody = { ...body, file: '{"format":"sourcesync-lease/1"}\n' };
const accepted: LeaseVerdictBody = {
  ...{ verdict: 'accept', reasonCode: null, detail: null, message: 'It holds.', lease: null, notProven: ['That…'] },
};

function granting(): { asked: GrantBody[]; client: object } {
  const asked: GrantBody[] = [];
  const grantLease = async (wanted: GrantBody): Promise<ReturnType<typeof ok<GrantedBody>>> => {
    asked.push(wanted);
    return ok(granted);
  };
  return { asked, client: { grantLease } };
}

describe('lease grant', () => {
  it('--key-out writes the secret key for its user alone, and shows it no more', async () => {
    const { client } = granting();
    const file = join(temporaryFolder(), 'agent.key');
    const args = ['lease', 'grant', '--agent', 'writer', '--capability', 'records.write', '--key-out', file];
    const local = { createSigningKey: async () => ({ publicKey: 'public', secretKey: 'kept secret' }) };
    const said = await run({ client, local }, ...args);
    expect(said.out.join('\n')).not.toContain('kept secret');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['kept secret\n', 0o600]);
  });

  it('makes a key, shows its secret once, and prints the lease', async () => {
    const { asked, client } = granting();
    const args = ['lease', 'grant', '--agent', 'writer', '--capability', 'records.write'];
    const said = await run({ client }, ...args);
    expect(said.exitCode).toBe(0);
    expect(said.out.join('\n')).toContain(granted.file.trimEnd());
    expect(said.out.join('\n')).toContain('secret');
    expect(asked).toEqual([
      {
        ...{ agent: 'writer', capability: 'records.write', ttlSeconds: 86_400, collections: 'all' },
        ...{ agentKey: 'public', requiresHumanApproval: false },
      },
    ]);
    expect((await run({ client }, ...args, '--json')).documents).toEqual([{ ...granted, secretKey: 'secret' }]);
  });

  it('takes every wish, and writes the file for its owner alone', async () => {
    const { asked, client } = granting();
    const out = join(temporaryFolder(), 'lease.json');
    const wishes = ['--scope', 'personal', '--collection', 'notes', 'tasks', '--ttl', '2h', '--requires-human'];
    const args = [
      'lease',
      'grant',
      '--agent',
      'a',
      '--capability',
      'c',
      '--agent-key',
      'mine',
      ...wishes,
      '--out',
      out,
    ];
    const said = await run({ client }, ...args, '--json');
    expect(said.documents).toEqual([{ ...granted, secretKey: null }]);
    expect(readFileSync(out, 'utf8')).toBe(granted.file);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(asked).toEqual([
      {
        ...{ agent: 'a', capability: 'c', scope: 'personal', collections: ['notes', 'tasks'], ttlSeconds: 7200 },
        ...{ agentKey: 'mine', requiresHumanApproval: true },
      },
    ]);
  });

  it('a file that cannot be written: exit 2, and it says that the lease was granted', async () => {
    const { client } = granting();
    const args = ['lease', 'grant', '--agent', 'a', '--capability', 'c', '--out', '/nonexistent/lease.json'];
    const said = await run({ client }, ...args);
    expect(said).toMatchObject({ exitCode: 2, notes: expect.stringContaining('It was done') });
  });

  it.each([
    [['lease', 'grant', '--agent', 'a']],
    [['lease', 'grant', '--capability', 'c']],
    [['lease', 'grant', '--agent', 'a', '--capability', 'c', '--ttl', 'soon']],
    [['lease', 'revoke']],
    [['lease', 'verify']],
    [['lease', 'verify', '/nonexistent']],
  ])('%j: exit 2', async (args) => {
    expect((await run({}, ...args)).exitCode).toBe(2);
  });

  it('denied: exit 6', async () => {
    const client = { grantLease: refuses(403, 'No.', 'policy_denied/nonce_used') };
    const said = await run({ client }, 'lease', 'grant', '--agent', 'a', '--capability', 'c');
    expect(said).toMatchObject({ exitCode: 6, out: [] });
  });
});

describe('lease ls and revoke', () => {
  it('show what there is, and write the revocations', async () => {
    const refused: LeaseBody = {
      ...body,
      state: 'refused',
      reasonCode: 'policy_denied/policy_changed',
      collections: 'all',
    };
    const items = [{ ...body, requiresHumanApproval: true }, refused];
    const listed = await run({ client: { leases: async () => ok({ items, nextCursor: null }) } }, 'lease', 'ls');
    expect(listed.out.join('\n')).toMatch(/abcdef +writer +records\.write +active .* notes +a person approves/);
    expect(listed.out.join('\n')).toContain('refused: policy_denied/policy_changed');
    const out = join(temporaryFolder(), 'revocations.json');
    const revoked = { leaseId: body.leaseId, scopeId: body.scopeId, file: '{}\n' };
    const asked: unknown[] = [];
    const revokeLease = async (...args: unknown[]): Promise<ReturnType<typeof ok<typeof revoked>>> => {
      asked.push(args);
      return ok(revoked);
    };
    const said = await run({ client: { revokeLease } }, 'lease', 'revoke', 'abcdef', '--scope', 'x', '--out', out);
    expect(said).toMatchObject({ exitCode: 0, out: [`Revoked ${body.leaseId}.`] });
    expect(asked).toEqual([['abcdef', 'x']]);
    expect(readFileSync(out, 'utf8')).toBe('{}\n');
  });
});

describe('lease approve', () => {
  const item = {
    id: 'rv_1',
    kind: 'approval',
    collection: 'shell',
    recordId: '.profile',
    author: 'urn:srcos:agent:writer',
  };

  it('says yes to one use', async () => {
    const decided: unknown[] = [];
    const client = {
      review: (async () => ok(item)) as never,
      decide: (async (...args: unknown[]) => {
        decided.push(args);
        return ok({ ...item, status: 'accepted' });
      }) as never,
    };
    const said = await run({ client }, 'lease', 'approve', 'rv_1');
    expect(said).toMatchObject({ exitCode: 0, out: ['Approved: urn:srcos:agent:writer wrote shell/.profile.'] });
    expect(decided).toEqual([['rv_1', 'accept']]);
    const asJson = await run({ client }, 'lease', 'approve', 'rv_1', '--json');
    expect(asJson.documents).toMatchObject([{ id: 'rv_1', status: 'accepted' }]);
  });

  it('decides nothing else', async () => {
    const client = { review: (async () => ok({ ...item, kind: 'proposal' })) as never };
    const said = await run({ client }, 'lease', 'approve', 'rv_1');
    expect(said).toMatchObject({ exitCode: 2, notes: expect.stringContaining('sourcesync reviews accept') });
  });

  it('says why nothing was written where the lease has ended', async () => {
    const client = {
      review: (async () => ok(item)) as never,
      decide: refuses(403, 'Nothing was written: the lease has expired.', 'capability_expired/expired') as never,
    };
    expect(await run({ client }, 'lease', 'approve', 'rv_1')).toMatchObject({
      exitCode: 6,
      notes: expect.stringContaining('Nothing was written'),
    });
  });
});

describe('lease verify', () => {
  it.each<[exitCode: number, verdict: Partial<LeaseVerdictBody>, words: string]>([
    [0, {}, 'VALID. It holds.'],
    [1, { verdict: 'reject', reasonCode: 'agent_untrusted', detail: 'self_granted', message: 'No.' }, 'No.'],
    [1, { verdict: 'hold', reasonCode: 'agent_untrusted', detail: 'log_behind', message: 'Not yet.' }, 'Not yet.'],
    [3, { verdict: 'review', reasonCode: 'manual_review_required', message: 'Ask.' }, 'Ask.'],
  ])('exit %i for %j', async (exitCode, change, words) => {
    const local = { verifyLease: async (): Promise<LeaseVerdictBody> => ({ ...accepted, ...change }) };
    const said = await run({ local, stdin: 'x' }, 'lease', 'verify', '-');
    expect(said.exitCode).toBe(exitCode);
    expect(said.out.join('\n')).toContain(words);
    expect(said.out.join('\n')).toContain('Not proven:\n- That…');
  });

  it('reads every file, and passes on what is demanded', async () => {
    const folder = temporaryFolder();
    const paths = ['lease', 'use', 'revocations'].map((name) => {
      writeFileSync(join(folder, name), `the ${name}`);
      return join(folder, name);
    });
    const asked: LeaseFiles[] = [];
    const local = {
      verifyLease: async (files: LeaseFiles): Promise<LeaseVerdictBody> => {
        asked.push(files);
        return accepted;
      },
    };
    const [lease = '', use = '', revocations = ''] = paths;
    const demands = ['--scope', 's', '--policy', 'p', '--at', '2026-01-01T00:00:00Z', '--approved'];
    const args = ['lease', 'verify', lease, '--use', use, '--revocations', revocations, ...demands, '--json'];
    expect((await run({ local }, ...args)).documents).toEqual([accepted]);
    expect(asked).toEqual([
      {
        ...{ lease: 'the lease', use: 'the use', revocations: 'the revocations', scope: 's', policyBundleHash: 'p' },
        ...{ nowMs: Date.UTC(2026, 0, 1), approved: true },
      },
    ]);
    expect((await run({ local }, 'lease', 'verify', lease, '--at', 'soon')).exitCode).toBe(2);
  });
});
