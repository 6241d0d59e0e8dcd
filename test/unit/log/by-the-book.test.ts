import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sodium from 'libsodium-wrappers-sumo';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/daemon/ground/package-root.ts';

interface Case {
  readonly input: { readonly epochKey: string; readonly bytes?: string; readonly records?: readonly string[] };
  readonly output: { readonly batchId?: string; readonly bytes?: string; readonly records?: readonly string[] };
}

const casesOf = (name: string): readonly Case[] =>
  (JSON.parse(readFileSync(join(packageRoot, 'test', 'vectors', `${name}.json`), 'utf8')) as { cases: Case[] }).cases;
const cases = [...casesOf('batch'), ...casesOf('batch-open')];
await sodium.ready;
/** Every vector is sealed by the device whose seed is 32 bytes of 1. */
const signKey = Buffer.from(sodium.crypto_sign_seed_keypair(new Uint8Array(32).fill(1)).publicKey).toString('hex');

function opened(bytes: Buffer, epochKey: string, key: string = signKey) {
  const program = join(packageRoot, 'docs', 'protocol', 'open-batch.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, epochKey, key], {
    input: bytes,
    encoding: 'utf8',
  });
  return { status, lines: stdout.split('\n').slice(0, -1), said: stderr.trim() };
}

describe('a batch is opened by what the book says of it, with nothing of this program', () => {
  it.each(cases.map((vector, index) => [index, vector] as const))('vector %i', (_index, { input, output }) => {
    const { status, lines } = opened(Buffer.from(output.bytes ?? input.bytes ?? '', 'hex'), input.epochKey);
    const records = (output.records ?? input.records ?? []).map((record) =>
      Buffer.from(record, 'hex').toString('utf8'),
    );
    expect([status, lines.slice(1)]).toEqual([0, records]);
    if (output.batchId !== undefined) {
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ batchId: output.batchId });
    }
  });

  const [first] = cases as [Case];
  const bytes = Buffer.from(first.output.bytes ?? '', 'hex');
  const flipped = (at: number): Buffer => {
    const other = Buffer.from(bytes);
    other.writeUInt8(other.readUInt8(at) ^ 1, at);
    return other;
  };

  it.each([
    ['a number in the header', flipped(79), first.input.epochKey, 'the signature is not of this device'],
    ['the signature', flipped(260), first.input.epochKey, 'the signature is not of this device'],
    ['the ciphertext', flipped(400), first.input.epochKey, 'the ciphertext is not the one that was signed'],
    ['the magic', flipped(0), first.input.epochKey, 'a batch begins with SRB1'],
    ['the key of another epoch', bytes, '09'.repeat(32), 'the key of the epoch does not open it'],
    ['nothing', Buffer.alloc(0), first.input.epochKey, 'a batch has a header of 252 bytes and a signature of 64'],
  ])('is refused in a sentence: %s', (_what, batch, epochKey, sentence) => {
    expect(opened(batch, epochKey)).toEqual({ status: 1, lines: [], said: sentence });
  });
});
