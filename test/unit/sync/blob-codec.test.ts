import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/base/bytes.ts';
import {
  decodeBlobAnswer,
  decodeBlobRequest,
  encodeBlobAnswer,
  encodeBlobRequest,
} from '../../../src/sync/wire/blob-codec.ts';
import {
  type BlobAnswer,
  type BlobRequest,
  blobAddressesAtOnce,
  blobChunksAtOnce,
} from '../../../src/sync/wire/blob-messages.ts';
import { decodeDeviceMessage, decodeRelayMessage } from '../../../src/sync/wire/codec.ts';
import { encodeFrame } from '../../../src/sync/wire/frame.ts';
import { filled, scopeId } from './example-messages.ts';

const requests: readonly BlobRequest[] = [
  { type: 'blob_have', scopeId, request: 1, addresses: [filled(1), filled(2)] },
  { type: 'blob_put', scopeId, request: 2, chunks: [filled(3, 300), filled(4, 5)] },
  { type: 'blob_get', scopeId, request: 3, addresses: [filled(5)] },
];
const answers: readonly BlobAnswer[] = [
  { type: 'blob_held', request: 1, held: new Uint8Array([1, 0]) },
  { type: 'blob_stored', request: 2 },
  { type: 'blob_chunks', request: 3, chunks: [filled(3, 300), new Uint8Array(0)] },
  { type: 'blob_refused', request: 4, code: 'E_QUOTA', message: 'the room is used up' },
];

const faultOf = (decoded: ReturnType<typeof decodeBlobRequest> | ReturnType<typeof decodeBlobAnswer>): string =>
  decoded.ok ? 'read' : decoded.error.message;

describe('messages about large files', () => {
  it('27 each is read as it was written, and by no other reader', () => {
    for (const message of requests) {
      const bytes = encodeBlobRequest(message);
      expect(decodeBlobRequest(bytes)).toEqual({ ok: true, value: message });
      expect(faultOf(decodeBlobAnswer(bytes))).toContain('unknown message type');
      expect(decodeDeviceMessage(bytes)).toMatchObject({ ok: false, error: { kind: 'unknown_type' } });
    }
    for (const message of answers) {
      const bytes = encodeBlobAnswer(message);
      expect(decodeBlobAnswer(bytes)).toEqual({ ok: true, value: message });
      expect(faultOf(decodeBlobRequest(bytes))).toContain('unknown message type');
      expect(decodeRelayMessage(bytes)).toMatchObject({ ok: false, error: { kind: 'unknown_type' } });
    }
  });

  const have = 32;
  const [put, get] = [33, 34];
  const head = { scopeId, request: 1 };
  it.each([
    ['no address', encodeFrame({ type: have, head, blobs: [new Uint8Array(0)] }), 'asks for between 1 and 4096'],
    ['half an address', encodeFrame({ type: have, head, blobs: [filled(1, 33)] }), 'asks for between 1 and 4096'],
    ['two lists', encodeFrame({ type: have, head, blobs: [filled(1), filled(2)] }), 'asks for between 1 and 4096'],
    [
      'too many addresses',
      encodeFrame({ type: have, head, blobs: [filled(1, 32 * (blobAddressesAtOnce + 1))] }),
      'asks for between 1 and 4096',
    ],
    [
      'more than a message holds',
      encodeFrame({ type: get, head, blobs: [filled(1, 32 * (blobChunksAtOnce + 1))] }),
      'asks for between 1 and 8',
    ],
    ['no chunk', encodeFrame({ type: put, head, blobs: [] }), 'brings between 1 and 8'],
    [
      'too many chunks',
      encodeFrame({ type: put, head, blobs: Array.from({ length: blobChunksAtOnce + 1 }, () => filled(1)) }),
      'brings between 1 and 8',
    ],
    ['a number of 0', encodeFrame({ type: put, head: { ...head, request: 0 }, blobs: [filled(1)] }), '"request"'],
    ['no scope', encodeFrame({ type: put, head: { request: 1 }, blobs: [filled(1)] }), '"scopeId"'],
    [
      'a field more',
      encodeFrame({ type: put, head: { ...head, more: 1 }, blobs: [filled(1)] }),
      'a field that is not known',
    ],
    ['nothing', new Uint8Array(0), 'unknown message type none'],
  ])('27 %s is refused in words', (_name, bytes, said) => {
    expect(faultOf(decodeBlobRequest(bytes))).toContain(said);
  });

  it.each([
    ['two answers in one', encodeFrame({ type: 96, head: { request: 1 }, blobs: [filled(1), filled(1)] }), 'one blob'],
    ['a blob beside a confirmation', encodeFrame({ type: 97, head: { request: 1 }, blobs: [filled(1)] }), 'no blob'],
    [
      'a blob beside a refusal',
      encodeFrame({ type: 99, head: { request: 1, code: 'E_QUOTA', message: '' }, blobs: [filled(1)] }),
      'no blob',
    ],
    [
      'a code that is none',
      encodeFrame({ type: 99, head: { request: 1, code: 'E_OTHER', message: '' }, blobs: [] }),
      '"code"',
    ],
  ])('27 of a relay: %s is refused in words', (_name, bytes, said) => {
    expect(faultOf(decodeBlobAnswer(bytes))).toContain(said);
  });

  it('27 no mutation throws', () => {
    const all = [...requests.map(encodeBlobRequest), ...answers.map(encodeBlobAnswer)];
    const mutation = fc.record({ which: fc.nat({ max: all.length - 1 }), place: fc.nat(), byte: fc.nat({ max: 255 }) });
    const property = fc.property(mutation, fc.uint8Array({ maxLength: 8 }), ({ which, place, byte }, tail) => {
      const bytes = concat([all[which] as Uint8Array, tail]);
      bytes[place % bytes.length] = byte;
      const read = [decodeBlobRequest(bytes), decodeBlobAnswer(bytes)];
      expect(read.filter((one) => one.ok).length).toBeLessThan(2);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
