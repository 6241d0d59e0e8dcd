import { concat, u32, viewOf } from '../../base/bytes.ts';
import { canonicalBytes, parseCanonicalIntegers } from '../../base/canonical-json.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { maximumBlobBytes, maximumBlobs, maximumFrameBytes, maximumHeadBytes } from './limits.ts';

/** Why a frame was refused; the message may be shown and sent back. */
export interface FrameFault {
  readonly kind: 'too_large' | 'malformed' | 'unknown_type';
  readonly message: string;
}

/** One message as it travels: `u8 type ‖ u32be |head| ‖ head ‖ (u32be |blob| ‖ blob)…`; the head is canonical JSON. */
export interface Frame {
  readonly type: number;
  readonly head: JsonObject;
  readonly blobs: readonly Uint8Array[];
}

export function encodeFrame(frame: Frame): Uint8Array {
  const head = canonicalBytes(frame.head);
  const parts = [new Uint8Array([frame.type]), u32(head.length), head];
  for (const blob of frame.blobs) {
    parts.push(u32(blob.length), blob);
  }
  return concat(parts);
}

/** Caps are checked before parsing; blobs are views of `bytes`, not copies. Never throws on input. */
export function decodeFrame(bytes: Uint8Array): Result<Frame, FrameFault> {
  if (bytes.length > maximumFrameBytes) {
    return fault('too_large', `a frame has at most ${maximumFrameBytes} bytes; this one has ${bytes.length}`);
  }
  if (bytes.length < 5) {
    return fault('malformed', 'the frame ends inside its first five bytes');
  }
  const headLength = viewOf(bytes).getUint32(1);
  if (headLength > maximumHeadBytes) {
    return fault('too_large', `a frame head has at most ${maximumHeadBytes} bytes; this one claims ${headLength}`);
  }
  if (5 + headLength > bytes.length) {
    return fault('malformed', 'the frame ends inside its head');
  }
  const blobs = blobsOf(bytes, 5 + headLength);
  if (!blobs.ok) {
    return blobs;
  }
  const head = parseCanonicalIntegers(bytes.subarray(5, 5 + headLength));
  if (!head.ok || !isJsonObject(head.value)) {
    return fault('malformed', `the frame head is not a canonical JSON object${head.ok ? '' : ` (${head.error})`}`);
  }
  return ok({ type: bytes[0] as number, head: head.value, blobs: blobs.value });
}

function blobsOf(bytes: Uint8Array, start: number): Result<readonly Uint8Array[], FrameFault> {
  const view = viewOf(bytes);
  const blobs: Uint8Array[] = [];
  let offset = start;
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) {
      return fault('malformed', 'bytes trail behind the last blob of the frame');
    }
    const length = view.getUint32(offset);
    if (length > maximumBlobBytes) {
      return fault('too_large', `a blob has at most ${maximumBlobBytes} bytes; this one claims ${length}`);
    }
    if (offset + 4 + length > bytes.length) {
      return fault('malformed', 'the frame ends inside a blob');
    }
    if (blobs.length === maximumBlobs) {
      return fault('too_large', `a frame has at most ${maximumBlobs} blobs`);
    }
    blobs.push(bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  return ok(blobs);
}

function fault(kind: FrameFault['kind'], message: string): Result<never, FrameFault> {
  return err({ kind, message });
}
