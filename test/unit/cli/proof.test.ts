import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProofVerdictBody, ProvenRecordBody } from '../../../src/api/types/proofs.ts';
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
    expect(said).toMatchObject({ exitCode: 1, out: ['FALSE. schema_unknown: Not so.'] });
    const detailed = { verifyProof: async () => ({ ...refused, detail: 'padding' }) };
    expect((await run({ local: detailed, stdin: 'x' }, 'proof', 'verify', '-')).out[0]).toContain(
      'schema_unknown/padding',
    );
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
