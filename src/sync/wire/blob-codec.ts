import { concat } from '../../base/bytes.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import {
  type BlobAnswer,
  type BlobRequest,
  blobAddressBytes,
  blobAddressesAtOnce,
  blobChunksAtOnce,
} from './blob-messages.ts';
import { type FrameFault, decodeFrame, encodeFrame } from './frame.ts';
import { type HeadReader, createHeadReader } from './head-reader.ts';

/** No number of these is one of the log's messages, nor of the other direction. */
const requestTypes = { blob_have: 32, blob_put: 33, blob_get: 34 } as const satisfies Record<
  BlobRequest['type'],
  number
>;
const answerTypes = { blob_held: 96, blob_stored: 97, blob_chunks: 98, blob_refused: 99 } as const satisfies Record<
  BlobAnswer['type'],
  number
>;

const longestText = 512;

export function encodeBlobRequest(message: BlobRequest): Uint8Array {
  const { type, scopeId, request } = message;
  const blobs = message.type === 'blob_put' ? message.chunks : [concat(message.addresses)];
  return encodeFrame({ type: requestTypes[type], head: { scopeId, request }, blobs });
}

export function encodeBlobAnswer(message: BlobAnswer): Uint8Array {
  const type = answerTypes[message.type];
  const head: JsonObject = { request: message.request };
  switch (message.type) {
    case 'blob_held':
      return encodeFrame({ type, head, blobs: [message.held] });
    case 'blob_stored':
      return encodeFrame({ type, head, blobs: [] });
    case 'blob_chunks':
      return encodeFrame({ type, head, blobs: message.chunks });
    case 'blob_refused': {
      const said = message.message.slice(0, longestText).toWellFormed();
      return encodeFrame({ type, head: { ...head, code: message.code, message: said }, blobs: [] });
    }
  }
}

/** What a relay reads on the channel of blobs, from who has authenticated. Chunks are views of `bytes`. Never throws on input. */
export function decodeBlobRequest(bytes: Uint8Array): Result<BlobRequest, FrameFault> {
  return decode(bytes, requestTypes, readRequest);
}

/** What a device reads there. Chunks are views of `bytes`. Never throws on input. */
export function decodeBlobAnswer(bytes: Uint8Array): Result<BlobAnswer, FrameFault> {
  return decode(bytes, answerTypes, readAnswer);
}

function decode<T extends string, M>(
  bytes: Uint8Array,
  types: Readonly<Record<T, number>>,
  read: (type: T, head: HeadReader, blobs: readonly Uint8Array[]) => M | string,
): Result<M, FrameFault> {
  const [type] = Object.entries(types).find(([, number]) => number === bytes[0]) ?? [];
  if (type === undefined) {
    return err({ kind: 'unknown_type', message: `unknown message type ${bytes[0] ?? 'none'}` });
  }
  const frame = decodeFrame(bytes);
  if (!frame.ok) {
    return frame;
  }
  const head = createHeadReader(frame.value.head);
  const message = read(type as T, head, frame.value.blobs);
  if (!head.finish()) {
    const field = head.failed === undefined ? 'a field that is not known' : `no valid "${head.failed}"`;
    return err({ kind: 'malformed', message: `${type}: the head has ${field}` });
  }
  return typeof message === 'string' ? err({ kind: 'malformed', message: `${type}: ${message}` }) : ok(message);
}

function readRequest(
  type: BlobRequest['type'],
  head: Pick<HeadReader, 'scopeId' | 'integer'>,
  blobs: readonly Uint8Array[],
): BlobRequest | string {
  const about = { scopeId: head.scopeId('scopeId'), request: head.integer('request', 1) };
  switch (type) {
    case 'blob_put':
      return blobs.length > 0 && blobs.length <= blobChunksAtOnce
        ? { type, ...about, chunks: blobs }
        : `brings between 1 and ${blobChunksAtOnce} chunks`;
    case 'blob_have':
      return asking(blobs, blobAddressesAtOnce, (addresses) => ({ type, ...about, addresses }));
    case 'blob_get':
      return asking(blobs, blobChunksAtOnce, (addresses) => ({ type, ...about, addresses }));
  }
}

function readAnswer(
  type: BlobAnswer['type'],
  head: Pick<HeadReader, 'integer' | 'text' | 'errorCode'>,
  blobs: readonly Uint8Array[],
): BlobAnswer | string {
  const request = head.integer('request', 1);
  switch (type) {
    case 'blob_held': {
      const [held] = blobs;
      return held !== undefined && blobs.length === 1 ? { type, request, held } : 'carries exactly one blob';
    }
    case 'blob_stored':
      return blobs.length === 0 ? { type, request } : 'carries no blob';
    case 'blob_chunks':
      return { type, request, chunks: blobs };
    case 'blob_refused': {
      const refusal = { code: head.errorCode('code'), message: head.text('message', longestText) };
      return blobs.length === 0 ? { type, request, ...refusal } : 'carries no blob';
    }
  }
}

function asking(
  blobs: readonly Uint8Array[],
  most: number,
  make: (addresses: readonly Uint8Array[]) => BlobRequest,
): BlobRequest | string {
  const [all] = blobs;
  const count = (all?.length ?? 0) / blobAddressBytes;
  if (all === undefined || blobs.length !== 1 || !Number.isInteger(count) || count < 1 || count > most) {
    return `asks for between 1 and ${most} addresses of ${blobAddressBytes} bytes, side by side`;
  }
  const start = (index: number): number => index * blobAddressBytes;
  return make(Array.from({ length: count }, (_, index) => all.subarray(start(index), start(index + 1))));
}
