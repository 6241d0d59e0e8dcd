import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, u32, viewOf } from '../../../src/base/bytes.ts';
import { contentSizeBytes, decodeBody, encodeBody, maximumContentBytes } from '../../../src/log/body.ts';
import { maximumBatchBytes, signedPrefixSizeBytes } from '../../../src/log/header.ts';
import { paddedSizeBytes } from '../../../src/log/padding.ts';
import { fail, randomFrom, text } from './setup.ts';

function bodyOf(encoding: number, contentLength: number, stored: Uint8Array, storedLength = stored.length): Uint8Array {
  const start = concat([new Uint8Array([encoding]), u32(contentLength), u32(storedLength), stored]);
  const body = new Uint8Array(paddedSizeBytes(start.length));
  body.set(start);
  return body;
}

function contentOf(records: readonly Uint8Array[], count = records.length): Uint8Array {
  return concat([u32(count), ...records.flatMap((record) => [u32(record.length), record])]);
}

function outcomeOf(body: Uint8Array): string {
  const records = decodeBody(body);
  return records.ok ? 'ok' : records.error;
}

describe('padding', () => {
  it.each([
    [0, 256],
    [256, 256],
    [257, 272],
    [1000, 1024],
    [1025, 1088],
    [100_000, 100_352],
    [1_400_000, 1_409_024],
  ])('14 pads %i bytes to %i', (size, padded) => {
    expect(paddedSizeBytes(size)).toBe(padded);
  });

  it('14 never shrinks, adds at most 12 %, is monotonic and its own fixed point', () => {
    fc.assert(
      fc.property(fc.integer({ min: 257, max: 4_000_000 }), (size) => {
        const padded = paddedSizeBytes(size);
        expect(padded).toBeGreaterThanOrEqual(size);
        expect(padded).toBeLessThanOrEqual(size * 1.12);
        expect(paddedSizeBytes(padded)).toBe(padded);
        expect(paddedSizeBytes(size + 1)).toBeGreaterThanOrEqual(padded);
      }),
    );
  });
});

describe('body', () => {
  it('13, 15 gives back any records, compressible or not', () => {
    const records = fc.array(fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.constant(new Uint8Array(900))), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(records, (given) => {
        const body = encodeBody(given);
        expect(body.length).toBe(paddedSizeBytes(body.length));
        expect(decodeBody(body)).toEqual({
          ok: true,
          value: given.map((record) => expect.toSatisfy(sameBytes(record))),
        });
      }),
    );
  });

  it('19 a guess beside a secret that is right gives no other size than one that is wrong', () => {
    const [secret, wrong] = ['correct-horse-battery', 'wronged-mules-charger'];
    const sized = [secret, wrong].map((guess) => encodeBody([text(`${'note '.repeat(200)}${secret}${guess}`)]));
    const stored = sized.map((body) => viewOf(body).getUint32(5));
    expect(stored[0]).toBeLessThan(stored[1] ?? 0);
    expect(sized[0]).toHaveLength(sized[1]?.length ?? 0);
  });

  it('17 compresses only where the padded body gets smaller', () => {
    const text300 = Array.from({ length: 20 }, () => text('the same words again and again '.repeat(10)));
    const noise = [randomFrom('noise')(5000)];
    expect(encodeBody(text300)[0]).toBe(1);
    expect(encodeBody(text300).length).toBeLessThan(1000);
    expect(encodeBody(noise)[0]).toBe(0);
    expect(encodeBody([text('short')])[0]).toBe(0);
  });

  it('fits a batch whatever its content, up to the limit', () => {
    const largest = [randomFrom('large')(maximumContentBytes - 8)];
    const body = encodeBody(largest);
    expect(contentSizeBytes(largest)).toBe(maximumContentBytes);
    expect(body.length + 16 + signedPrefixSizeBytes).toBeLessThanOrEqual(maximumBatchBytes);
    expect(decodeBody(body).ok).toBe(true);
    expect(() => encodeBody([new Uint8Array(maximumContentBytes - 7)])).toThrow('believed');
    expect(() => encodeBody([])).toThrow('believed');
    expect(() => encodeBody(Array.from({ length: 4097 }, () => new Uint8Array()))).toThrow('believed');
  });

  const two = contentOf([text('one'), text('two')]);
  const padded = bodyOf(0, two.length, two);
  const oneByteLonger = concat([padded, new Uint8Array(1)]);
  const notZero = padded.slice();
  notZero[255] = 1;
  const deflated = deflateRawSync(two);

  it.each([
    ['well-formed', padded, 'ok'],
    ['well-formed, compressed', bodyOf(1, two.length, deflated), 'ok'],
    ['§10.10 padding not zero', notZero, 'padding'],
    ['§10.10 padding too long', oneByteLonger, 'padding'],
    ['§10.10 no padding', padded.slice(0, 9 + two.length), 'padding'],
    ['§10.10 no start', new Uint8Array(8), 'padding'],
    ['§10.11 stored length overruns', bodyOf(0, two.length, two, 300), 'body_overrun'],
    ['§10.11 record overruns', bodyOf(0, 8, concat([u32(1), u32(1)])), 'body_overrun'],
    ['§10.11 record length cut', bodyOf(0, 6, concat([u32(1), new Uint8Array(2)])), 'body_overrun'],
    ['§10.11 count zero', bodyOf(0, 4, u32(0)), 'body_overrun'],
    ['§10.11 no count', bodyOf(0, 0, new Uint8Array()), 'body_overrun'],
    [
      '§10.11 bytes behind the last record',
      bodyOf(0, two.length + 1, concat([two, new Uint8Array(1)])),
      'body_overrun',
    ],
    [
      '§10.11 4,097 records',
      bodyOf(0, 4 + 4097 * 4, contentOf(Array.from({ length: 4097 }, () => new Uint8Array()))),
      'too_many',
    ],
    ['§10.11 plain lengths differ', bodyOf(0, two.length + 1, two), 'body_overrun'],
    ['unknown encoding', bodyOf(2, two.length, two), 'body_overrun'],
    ['compressed: longer than declared', bodyOf(1, two.length - 1, deflated), 'body_overrun'],
    ['compressed: shorter than declared', bodyOf(1, two.length + 1, deflated), 'body_overrun'],
    ['compressed: cut', bodyOf(1, two.length, deflated.subarray(0, -1)), 'body_overrun'],
    [
      'compressed: bytes behind the stream',
      bodyOf(1, two.length, concat([deflated, new Uint8Array(1)])),
      'body_overrun',
    ],
    ['compressed: garbage', bodyOf(1, two.length, text('garbage')), 'body_overrun'],
    ['compressed: nothing', bodyOf(1, 0, deflated), 'body_overrun'],
    ['bomb that declares itself', bodyOf(1, 64 << 20, deflateRawSync(new Uint8Array(64 << 20))), 'too_large'],
    ['bomb that lies', bodyOf(1, 1000, deflateRawSync(new Uint8Array(64 << 20))), 'body_overrun'],
  ])('16, 18 %s', (_name, body, outcome) => {
    expect(outcomeOf(body)).toBe(outcome);
  });

  it('never throws on a mutation', () => {
    const good = encodeBody(Array.from({ length: 5 }, () => text('words and words '.repeat(12))));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(12), (at, value, cut) => {
        const body = good.slice(0, good.length - (cut > 8 ? cut : 0));
        body[Math.min(at, body.length - 1)] = value;
        expect(typeof decodeBody(body).ok).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });
});

function sameBytes(expected: Uint8Array): (actual: unknown) => boolean {
  return (actual) => actual instanceof Uint8Array && (Buffer.compare(actual, expected) === 0 || fail('records differ'));
}
