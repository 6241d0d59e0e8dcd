import { utf8 } from '../base/bytes.ts';
import { type Label, labels } from './labels.ts';

const prefixByLabel = new Map<Label, Uint8Array>(labels.map((label) => [label, prefixOf(label)]));

// Allocating a typed array of more than 64 bytes costs V8 as much as hashing it, so short frames share one buffer.
const scratch = new Uint8Array(4096);

/**
 * `u8|label| ‖ "srcos/v1/"label ‖ (u32be|p| ‖ p)…`: no two labels and lists of parts share an encoding.
 * Source: the trust protocol, section 1.
 */
export function frame(label: Label, ...parts: readonly Uint8Array[]): Uint8Array {
  const prefix = prefixByLabel.get(label) as Uint8Array;
  const framed = new Uint8Array(frameSizeBytes(prefix, parts));
  writeFrame(framed, prefix, parts);
  return framed;
}

/** As {@link frame}, but a view that is only valid until the next call: for a caller that reads it at once. */
export function borrowFrame(label: Label, parts: readonly Uint8Array[]): Uint8Array {
  const prefix = prefixByLabel.get(label) as Uint8Array;
  const sizeBytes = frameSizeBytes(prefix, parts);
  const framed = sizeBytes <= scratch.length ? scratch.subarray(0, sizeBytes) : new Uint8Array(sizeBytes);
  writeFrame(framed, prefix, parts);
  return framed;
}

function frameSizeBytes(prefix: Uint8Array, parts: readonly Uint8Array[]): number {
  let sizeBytes = prefix.length;
  for (const part of parts) {
    sizeBytes += 4 + part.length;
  }
  return sizeBytes;
}

function writeFrame(framed: Uint8Array, prefix: Uint8Array, parts: readonly Uint8Array[]): void {
  framed.set(prefix, 0);
  let offset = prefix.length;
  for (const part of parts) {
    const sizeBytes = part.length;
    framed[offset] = sizeBytes >>> 24;
    framed[offset + 1] = sizeBytes >>> 16;
    framed[offset + 2] = sizeBytes >>> 8;
    framed[offset + 3] = sizeBytes;
    framed.set(part, offset + 4);
    offset += 4 + sizeBytes;
  }
}

function prefixOf(label: Label): Uint8Array {
  const text = utf8(`srcos/v1/${label}`);
  const prefix = new Uint8Array(1 + text.length);
  prefix[0] = text.length;
  prefix.set(text, 1);
  return prefix;
}
