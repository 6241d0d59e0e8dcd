import { describe, expect, it } from 'vitest';
import { concat, viewOf } from '../../../src/base/bytes.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { sign } from '../../../src/crypto/sign.ts';
import { encodeBody } from '../../../src/log/body.ts';
import { encodeMeta } from '../../../src/log/meta.ts';
import type { Stamp } from '../../../src/clock/stamp.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { decoded } from '../admission/world.ts';
import { cheated, ciphertextAt, flipped, resigned, setupArrival, signatureAt, withNumber } from './arrival.ts';

const meta = encodeMeta({ stamp: '019b76daa800-0000' as Stamp, frontier: {}, audit: null, scopes: [] });
const records = [meta, craftChange({ value: { kind: 'task', title: 'one that leaves some padding' } })];
const body = encodeBody(records);
const storedEnd = 9 + viewOf(body).getUint32(5);

describe('bytes of a batch that arrives', () => {
  it('10 the body that is tampered with below has padding', () => {
    expect(storedEnd).toBeLessThan(body.length);
  });

  it('1 an honest batch is accepted: what follows is refused for its own fault', () => {
    const { honest, answers } = setupArrival();
    expect(answers(honest)).toBe('accepted');
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ['bad magic', (bytes) => flipped(bytes, 0), 'bad_magic'],
    ['nothing at all', () => new Uint8Array(0), 'header_length'],
    ['less than magic and suite', (bytes) => bytes.subarray(0, 7), 'header_length'],
    ['truncated header', (bytes) => bytes.subarray(0, 251), 'header_length'],
    ['header without its signature', (bytes) => bytes.subarray(0, 252), 'header_length'],
    ['more than a batch may have', (bytes) => concat([bytes, new Uint8Array(1536 * 1024)]), 'too_large'],
  ])('1 %s: schema_unknown', (_, spoil, detail) => {
    const { honest, answers } = setupArrival();
    expect(answers(spoil(honest))).toBe(`reject schema_unknown/${detail}`);
  });

  it.each([0, 2, 255])('2 unknown suite %i: migration_required, bytes kept', (suite) => {
    const { honest, answers, b } = setupArrival();
    const bytes = honest.slice();
    bytes[4] = suite;
    expect(answers(bytes)).toBe('quarantine migration_required/suite_unknown');
    expect(b.held()).toMatchObject([{ reasonCode: 'migration_required', bytes }]);
  });

  it.each([
    ['flag', 5, 1],
    ['kind', 6, 3],
    ['last byte', 7, 128],
  ])('3 unknown header %s: migration_required, bytes kept', (_, at, value) => {
    const { honest, answers, b } = setupArrival();
    const bytes = honest.slice();
    bytes[at] = value;
    expect(answers(bytes)).toBe('quarantine migration_required/flag_unknown');
    expect(b.held()).toMatchObject([{ bytes }]);
  });

  // Fields that an item of its own speaks of (magic, suite, flags, scope, device) answer by that item.
  it.each([
    ['sequence', 72, 80],
    ['previous', 80, 112],
    ['log position', 112, 116],
    ['log head', 116, 148],
    ['epoch', 148, 152],
    ['salt', 152, 184],
    ['root', 184, 216],
    ['ciphertext length', 216, 220],
    ['ciphertext hash', 220, 252],
    ['signature', signatureAt, ciphertextAt],
    ['ciphertext', ciphertextAt, ciphertextAt + 64],
  ])('6 one flipped bit in header, signature or ciphertext (%s): signature_invalid', (field, from, to) => {
    const { honest, answers } = setupArrival();
    for (let at = from; at < to; at++) {
      const answer = answers(flipped(honest, at, at % 8));
      // A number beyond what a sequence may be is not read at all.
      expect(answer).toMatch(
        field === 'sequence' ? /^reject (signature_invalid|schema_unknown)/ : /^reject signature_invalid/,
      );
    }
  });

  it.each([1, 16, 100])('6 ciphertext truncated by %i bytes: signature_invalid', (count) => {
    const { honest, answers } = setupArrival();
    expect(answers(honest.subarray(0, -count))).toBe('reject signature_invalid/hash_mismatch');
    const shorter = withNumber(honest, 216, honest.length - ciphertextAt - count).subarray(0, -count);
    expect(answers(shorter)).toBe('reject signature_invalid/signature');
  });

  it('7 signature with S+L: signature_invalid', () => {
    const { honest, answers } = setupArrival();
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const raised = honest.slice();
    const at = signatureAt + 32;
    const s = BigInt(
      `0x${Buffer.from(honest.slice(at, at + 32))
        .reverse()
        .toString('hex')}`,
    );
    raised.set(Buffer.from((s + order).toString(16).padStart(64, '0'), 'hex').reverse(), at);
    expect(answers(raised)).toBe('reject signature_invalid/signature');
  });

  it('8 wrong Merkle root, sealed and signed by a member: signature_invalid/merkle_root', () => {
    const { honest, answers, a } = setupArrival();
    expect(answers(cheated(a, honest, body, [meta, craftChange({ objectId: 'other' })]))).toBe(
      'reject signature_invalid/merkle_root',
    );
    const { honest: other, answers: answer, a: author } = setupArrival();
    expect(answer(cheated(author, other, body, new Uint8Array(32)))).toBe('reject signature_invalid/merkle_root');
  });

  it('9 ciphertext of another, signed again as one’s own: signature_invalid/aead', () => {
    const { a, b, workspace, answers } = setupArrival();
    const stolen = decoded(craftBatch({ by: b, scopeId: workspace, after: null, records: [craftChange({})] }).bytes);
    const own = craftBatch({ by: a, scopeId: workspace, after: null }).bytes;
    const { salt, root, ciphertextHash, ciphertextLength } = stolen.header;
    const bytes = concat([
      resigned(a, own, { salt, root, ciphertextHash, ciphertextLength }).subarray(0, ciphertextAt),
      stolen.ciphertext,
    ]);
    expect(answers(bytes)).toBe('reject signature_invalid/aead');
  });

  it.each<[string, Uint8Array]>([
    ['not zero at its end', flipped(body, body.length - 1)],
    ['not zero at its start', flipped(body, storedEnd)],
    ['too long', concat([body, new Uint8Array(64)])],
    ['too short', body.subarray(0, storedEnd)],
    ['shorter than its own lengths', body.subarray(0, 8)],
  ])('10 padding that is %s: schema_unknown', (_, tainted) => {
    const { honest, answers, a } = setupArrival();
    expect(answers(cheated(a, honest, tainted, records))).toMatch(/^reject schema_unknown\/(padding|body_overrun)$/);
  });

  it.each<[string, Uint8Array, string]>([
    ['count zero', withNumber(body, 9, 0), 'body_overrun'],
    ['count above the records', withNumber(body, 9, 3), 'body_overrun'],
    ['count below the records', withNumber(body, 9, 1), 'body_overrun'],
    ['count above every limit', withNumber(body, 9, 0xffffffff), 'too_many'],
    ['record overrun', withNumber(body, 13, 0xffffffff), 'body_overrun'],
    ['record overrun by one', withNumber(body, 13, meta.length + 1), 'body_overrun'],
    ['content length that is not stored', withNumber(body, 1, 1), 'body_overrun'],
    ['content length above every limit', withNumber(body, 1, 0xffffffff), 'too_large'],
    ['stored length above the body', withNumber(body, 5, 0xffffffff), 'body_overrun'],
    ['encoding unknown', flipped(body, 0, 7), 'body_overrun'],
  ])('11 %s: schema_unknown', (_, tainted, detail) => {
    const { honest, answers, a } = setupArrival();
    expect(answers(cheated(a, honest, tainted, records))).toBe(`reject schema_unknown/${detail}`);
  });

  it('11 a body that inflates beyond what it declares: schema_unknown, and nothing large is made', async () => {
    const { deflateRawSync } = await import('node:zlib');
    const bomb = deflateRawSync(new Uint8Array(16 * 1024 * 1024));
    const size = Math.ceil((9 + bomb.length) / 512) * 512;
    const tainted = new Uint8Array(size);
    tainted[0] = 1;
    viewOf(tainted).setUint32(1, 4096);
    viewOf(tainted).setUint32(5, bomb.length);
    tainted.set(bomb, 9);
    const { honest, answers, a } = setupArrival();
    expect(answers(cheated(a, honest, tainted, records))).toMatch(/^reject schema_unknown\//);
  });

  it('31 a signature moved between protocols: signature_invalid', () => {
    const { a, honest, answers } = setupArrival();
    const { headerBytes, ciphertext } = decoded(honest);
    const id = hash('batch', headerBytes);
    for (const label of ['scope-entry-sig', 'challenge-sig', 'pair-sig', 'audit-checkpoint-sig'] as const) {
      const moved = concat([headerBytes, sign(a.keys.sign.secretKey, label, id), ciphertext]);
      expect(answers(moved)).toBe('reject signature_invalid/signature');
    }
    expect(answers(concat([headerBytes, sign(a.keys.sign.secretKey, 'batch-sig', id), ciphertext]))).toBe('accepted');
  });

  it('39 cloned random generator, same sequence: another salt, another batch key, another ciphertext', () => {
    const { a, workspace } = setupArrival();
    const [left, right, again] = ['one', 'two', 'one'].map((title) =>
      decoded(
        craftBatch({
          ...{ by: a, scopeId: workspace, after: null },
          records: [craftChange({ value: { kind: 'task', title } })],
        }).bytes,
      ),
    ) as [Batch, Batch, Batch];
    expect(left.header.salt).not.toEqual(right.header.salt);
    expect(left.ciphertext.subarray(0, 32)).not.toEqual(right.ciphertext.subarray(0, 32));
    // The very same content at the very same place is the very same batch: nothing is told twice.
    expect(again.bytes).toEqual(left.bytes);
  });
});

type Batch = ReturnType<typeof decoded>;
