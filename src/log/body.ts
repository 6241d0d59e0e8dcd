import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { assert } from '../base/assert.ts';
import { viewOf } from '../base/bytes.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { Detail } from '../contract/reasons.ts';
import { maximumRecords } from './header.ts';
import { paddedSizeBytes } from './padding.ts';

/** Encoding, content length, stored length: before the stored bytes. */
export const bodyStartSizeBytes = 9;
/** What each record adds to the content beside its own bytes; the content starts with a count of as many. */
export const recordOverheadBytes = 4;
/** Content of this size fits a batch even where it does not compress; also the limit of what opening inflates to. */
export const maximumContentBytes: number = 1472 * 1024;

const plainEncoding = 0;
const deflateEncoding = 1;
// Level 1 is already within a tenth of level 6 on JSON, at a quarter of the time.
const fastLevel = 1;
// Below this the padded size cannot shrink by enough to pay for starting the compressor.
const worthCompressingBytes = 512;

export type BodyFault = Extract<Detail, 'padding' | 'body_overrun' | 'too_many' | 'too_large'>;

/** Size of the content of a body with these records: what the limit is held against. */
export function contentSizeBytes(records: readonly Uint8Array[]): number {
  let sizeBytes = recordOverheadBytes;
  for (const record of records) {
    sizeBytes += recordOverheadBytes + record.length;
  }
  return sizeBytes;
}

/** `u8 encoding ‖ u32 content length ‖ u32 stored length ‖ stored ‖ zeros`, as SPEC.md lays it out. */
export function encodeBody(records: readonly Uint8Array[]): Uint8Array {
  assert(records.length >= 1 && records.length <= maximumRecords, 'a batch has 1 to 4,096 records');
  const plainSizeBytes = contentSizeBytes(records);
  assert(plainSizeBytes <= maximumContentBytes, 'records of a batch fit its content');
  const plain = new Uint8Array(paddedSizeBytes(bodyStartSizeBytes + plainSizeBytes));
  writeContent(plain, records);
  const content = plain.subarray(bodyStartSizeBytes, bodyStartSizeBytes + plainSizeBytes);
  const deflated = deflateIfSmaller(content, plain.length);
  if (deflated === undefined) {
    writeStart(plain, plainEncoding, plainSizeBytes, plainSizeBytes);
    return plain;
  }
  const body = new Uint8Array(paddedSizeBytes(bodyStartSizeBytes + deflated.length));
  writeStart(body, deflateEncoding, plainSizeBytes, deflated.length);
  body.set(deflated, bodyStartSizeBytes);
  return body;
}

/** The records as views, or what is wrong. Inflates to no more than {@link maximumContentBytes}. Never throws. */
export function decodeBody(body: Uint8Array): Result<readonly Uint8Array[], BodyFault> {
  if (body.length < bodyStartSizeBytes) {
    return err('padding');
  }
  const view = viewOf(body);
  const contentLength = view.getUint32(1);
  const storedLength = view.getUint32(5);
  const end = bodyStartSizeBytes + storedLength;
  if (end > body.length) {
    return err('body_overrun');
  }
  if (contentLength > maximumContentBytes) {
    return err('too_large');
  }
  if (body.length !== paddedSizeBytes(end) || !isZero(body, end)) {
    return err('padding');
  }
  const content = contentOf(body[0] as number, body.subarray(bodyStartSizeBytes, end), contentLength);
  return content === undefined ? err('body_overrun') : readContent(content);
}

/** What zlib answers to `info: true`; its type declarations leave it out. */
interface InflateAnswer {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function deflateIfSmaller(content: Uint8Array, plainBodyBytes: number): Uint8Array | undefined {
  if (content.length < worthCompressingBytes) {
    return undefined;
  }
  const deflated = deflateRawSync(content, { level: fastLevel });
  return paddedSizeBytes(bodyStartSizeBytes + deflated.length) < plainBodyBytes ? deflated : undefined;
}

function contentOf(encoding: number, stored: Uint8Array, contentLength: number): Uint8Array | undefined {
  switch (encoding) {
    case plainEncoding:
      return stored.length === contentLength ? stored : undefined;
    case deflateEncoding:
      return inflate(stored, contentLength);
    default:
      return undefined;
  }
}

function inflate(stored: Uint8Array, contentLength: number): Uint8Array | undefined {
  if (contentLength === 0) {
    return undefined;
  }
  try {
    // One chunk of the declared size: nothing larger is ever allocated, and nothing is copied together.
    const chunkSize = Math.max(64, contentLength);
    const options = { maxOutputLength: contentLength, chunkSize, info: true } as const;
    const { buffer, engine } = inflateRawSync(stored, options) as unknown as InflateAnswer;
    // Bytes behind the end of the stream would be read differently by another implementation.
    return buffer.length === contentLength && engine.bytesWritten === stored.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}

function writeStart(body: Uint8Array, encoding: number, contentLength: number, storedLength: number): void {
  const view = viewOf(body);
  body[0] = encoding;
  view.setUint32(1, contentLength);
  view.setUint32(5, storedLength);
}

function writeContent(body: Uint8Array, records: readonly Uint8Array[]): void {
  const view = viewOf(body);
  let offset = bodyStartSizeBytes;
  view.setUint32(offset, records.length);
  offset += recordOverheadBytes;
  for (const record of records) {
    view.setUint32(offset, record.length);
    body.set(record, offset + recordOverheadBytes);
    offset += recordOverheadBytes + record.length;
  }
}

function readContent(content: Uint8Array): Result<readonly Uint8Array[], BodyFault> {
  if (content.length < recordOverheadBytes) {
    return err('body_overrun');
  }
  const view = viewOf(content);
  const count = view.getUint32(0);
  if (count > maximumRecords) {
    return err('too_many');
  }
  const records: Uint8Array[] = [];
  let offset = recordOverheadBytes;
  while (records.length < count) {
    if (offset + recordOverheadBytes > content.length) {
      return err('body_overrun');
    }
    const start = offset + recordOverheadBytes;
    offset = start + view.getUint32(offset);
    if (offset > content.length) {
      return err('body_overrun');
    }
    records.push(content.subarray(start, offset));
  }
  return count === 0 || offset !== content.length ? err('body_overrun') : ok(records);
}

function isZero(bytes: Uint8Array, from: number): boolean {
  for (let index = from; index < bytes.length; index++) {
    if (bytes[index] !== 0) {
      return false;
    }
  }
  return true;
}
