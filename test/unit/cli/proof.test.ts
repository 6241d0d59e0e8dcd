import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProofVerdictBody, ProvenRecordBody } from '../../../src/api/types/proofs.ts';
import type { AuditBody } from '../../../src/api/types/audit.ts';
import { ok } from '../../../src/base/result.ts';
import { refuses, run } from './setup-cli.ts';

const proof = { format: 'sourcesync-proof', kind: 'record' };
const proven: ProvenRecordBody = {
  ...{ valid: true, kind: 'record', scopeId: 's', scopeKind: 'workspace', rootKey: 'r', deviceId: 'd' },
  ...{ deviceRevoked: true, sequence: 3, index: 2, collection: 'shell', id: 'x\u001b', changeId: 'c' },
  ...{ operation: 'put', author: 'urn:srcos:user:a', managedBy: 'user', at: '2026-01-01T00:00:00.000Z' },
  ...{ value: { body: 'ls' }, notProven: ['That it is the newest.'] },
};
const refused: ProofVerdictBody = { valid: false, reasonCode: 'schema_unknown', detail: null, message: 'Not so.' };

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sourcesync-test-'));
  onTestFinished(() => {
    rmSync(made, { recursive: true, force: true });
  });
  return made;
}

describe('records prove', () => {
  it('prints the text of the proof, or writes it to a file', async () => {
    const client = { proveRecord: async () => ok(proof) };
    const text = '{"format":"sourcesync-proof","kind":"record"}';
    expect(await run({ client }, 'records', 'prove', 'shell', 'x')).toMatchObject({ exitCode: 0, out: [text] });
    expect((await run({ client }, 'records', 'prove', 'shell', 'x', '--json')).out).toEqual([text]);
    const file = join(folder(), 'proof.json');
    const said = await run({ client }, 'records', 'prove', 'shell', 'x', '--out', file, '--json');
    expect(said).toMatchObject({ exitCode: 0, documents: [{ file }] });
    expect(readFileSync(file, 'utf8')).toBe(`${text}\n`);
  });

  it('passes the change on, and the refusal back', async () => {
    const asked: unknown[] = [];
    const client = {
      proveRecord: async (...args: unknown[]) => {
        asked.push(args);
        return ok(proof);
      },
    };
    await run({ client }, 'records', 'prove', 'shell', 'x', '--change', 'HASH');
    expect(asked).toEqual([['shell', 'x', 'HASH']]);
    const refusing = { proveRecord: refuses(404, 'No version is in force.') };
    expect(await run({ client: refusing }, 'records', 'prove', 'shell', 'x')).toMatchObject({ exitCode: 1, out: [] });
    const nowhere = join(folder(), 'missing', 'proof.json');
    const said = await run({ client }, 'records', 'prove', 'shell', 'x', '--out', nowhere);
    expect(said).toMatchObject({ exitCode: 2, out: [], notes: expect.stringContaining('cannot be written') });
  });
});

describe('proof verify', () => {
  it('says what is proven and what is not', async () => {
    const local = { verifyProof: async () => proven };
    const said = await run({ local, stdin: 'x' }, 'proof', 'verify', '-');
    expect(said.exitCode).toBe(0);
    const words = said.out.join('\n');
    for (const word of [
      'TRUE',
      'shell/x\\x1b',
      'revoked later',
      'urn:srcos:user:a',
      '"ls"',
      'That it is the newest.',
    ]) {
      expect(words).toContain(word);
    }
    expect((await run({ local, stdin: 'x' }, 'proof', 'verify', '-', '--json')).documents).toEqual([proven]);
  });

  it('of a false proof: exit 1 with words and reason', async () => {
    const local = { verifyProof: async () => refused };
    const said = await run({ local, stdin: 'x' }, 'proof', 'verify', '-');
    expect(said).toMatchObject({ exitCode: 1, out: ['FALSE. Not so.'] });
    expect(await run({ local, stdin: 'x' }, 'proof', 'verify', '-', '--json')).toMatchObject({
      ...{ exitCode: 1, documents: [refused], notes: '' },
    });
  });

  it('reads the file and passes the root key on', async () => {
    const asked: unknown[] = [];
    const local = {
      verifyProof: async (...args: unknown[]) => {
        asked.push(args);
        return proven;
      },
    };
    const file = join(folder(), 'proof.json');
    writeFileSync(file, 'text');
    await run({ local }, 'proof', 'verify', file, '--root', 'KEY');
    await run({ local, stdin: 'typed' }, 'proof', 'verify', '-');
    expect(asked).toEqual([
      ['text', 'KEY'],
      ['typed', undefined],
    ]);
    const said = await run({ local }, 'proof', 'verify', join(folder(), 'missing'));
    expect(said).toMatchObject({ exitCode: 2, out: [], notes: expect.stringContaining('cannot be read') });
  });
});

describe('audit prove and audit verify --proof', () => {
  it('go by the id that audit ls shows', async () => {
    const event = { ...{ id: 'urn:srcos:audit:0a', occurredAt: 'then', eventType: 'e' }, outcome: 'allow' };
    const page = { items: [{ ...event, reasonCode: 'none', policyDomain: 'shell' }], nextCursor: null };
    const said = await run({ client: { audit: async () => ok(page as unknown as AuditBody) } }, 'audit', 'ls');
    expect(said.out.join('')).toContain('urn:srcos:audit:0a');
  });

  it('prove an event, or two checkpoints', async () => {
    const asked: unknown[] = [];
    const answering =
      (name: string) =>
      async (...args: readonly unknown[]) => {
        asked.push([name, ...args]);
        return ok(proof);
      };
    const client = { proveEvent: answering('event'), proveConsistency: answering('consistency') };
    await run({ client }, 'audit', 'prove', '7');
    await run({ client }, 'audit', 'prove', '--from', '3');
    const said = await run({ client }, 'audit', 'prove', '--from', '3', '--to', '9');
    expect(said).toMatchObject({ exitCode: 0, out: ['{"format":"sourcesync-proof","kind":"record"}'] });
    expect(asked).toEqual([
      ['event', '7'],
      ['consistency', '3', undefined],
      ['consistency', '3', '9'],
    ]);
    for (const args of [[], ['7', '--from', '3'], ['7', '--to', '3'], ['--to', '3']]) {
      expect((await run({ client }, 'audit', 'prove', ...args)).exitCode).toBe(2);
    }
  });

  it('check a proof offline and say what it proves', async () => {
    const { kind: _kind, sequence: _s, index: _i, collection: _c, id: _id, ...common } = proven;
    const checkpoint = { n: 9, root: 'root', head: 'head', at: '2026-01-02T00:00:00.000Z' };
    const event = { eventType: 'graph.write.accepted', outcome: 'allow' };
    const ofEvent = { ...common, kind: 'audit', position: 4, event, checkpoint } as unknown as ProofVerdictBody;
    const said = await run(
      { local: { verifyProof: async () => ofEvent }, stdin: 'x' },
      'audit',
      'verify',
      '--proof',
      '-',
    );
    expect(said.exitCode).toBe(0);
    expect(said.out.join('')).toContain('event 4 of the audit chain');
    const grew = { ...common, kind: 'audit-consistency', from: { ...checkpoint, n: 5 }, to: checkpoint };
    const local = { verifyProof: async () => grew as unknown as ProofVerdictBody };
    expect((await run({ local, stdin: 'x' }, 'proof', 'verify', '-')).out.join('')).toContain('of 9 events begins');
    const lying = { verifyProof: async () => refused };
    expect((await run({ local: lying, stdin: 'x' }, 'audit', 'verify', '--proof', '-')).exitCode).toBe(1);
  });
});
