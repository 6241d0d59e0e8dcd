const textEncoder = new TextEncoder();
const strictTextDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const base32Alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const base32Values: readonly (number | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const value = base32Alphabet.indexOf(String.fromCharCode(code));
  return value < 0 ? undefined : value;
});
const hexPattern = /^(?:[0-9a-f]{2})*$/;
const base64urlPattern = /^[A-Za-z0-9_-]*$/;
/** By what is left of a group of four: none, an impossible one, two characters (4 spare bits), three (2 spare bits). */
const base64urlEnds: readonly (string | undefined)[] = ['', undefined, 'AQgw', 'AEIMQUYcgkosw048'];

export function utf8(text: string): Uint8Array {
  return textEncoder.encode(text);
}

/** The text, or undefined when the bytes are not UTF-8. A byte order mark is kept. */
export function textFromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictTextDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let sizeBytes = 0;
  for (const part of parts) {
    sizeBytes += part.length;
  }
  const joined = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Equality of public bytes; not constant-time. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Unsigned 32 bits, big endian. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value);
  return bytes;
}

/** Unsigned 64 bits, big endian, of a safe integer. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, BigInt(value));
  return bytes;
}

export function hexFromBytes(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('hex');
}

/** The bytes, or undefined when the text is not lower-case hexadecimal. */
export function bytesFromHex(text: string): Uint8Array | undefined {
  return hexPattern.test(text) ? copyOf(Buffer.from(text, 'hex')) : undefined;
}

/** RFC 4648 base64url without padding. */
export function base64urlFromBytes(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('base64url');
}

/** The bytes, or undefined unless the text is the one canonical encoding of them. */
export function bytesFromBase64url(text: string): Uint8Array | undefined {
  return isBase64url(text) ? copyOf(Buffer.from(text, 'base64url')) : undefined;
}

/** True for the one canonical encoding of some bytes: its last character has no bit that no byte takes up. */
export function isBase64url(text: string): boolean {
  const ends = base64urlEnds[text.length % 4];
  return ends !== undefined && (ends === '' || ends.includes(text.at(-1) as string)) && base64urlPattern.test(text);
}

/** RFC 4648 base32 in lower case without padding. */
export function base32FromBytes(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let pending = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32Alphabet.charAt((pending >>> bits) & 31);
    }
    pending &= (1 << bits) - 1;
  }
  return bits > 0 ? text + base32Alphabet.charAt((pending << (5 - bits)) & 31) : text;
}

/** The bytes, or undefined unless the text is the one canonical encoding of them. */
export function bytesFromBase32(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let offset = 0;
  let bits = 0;
  let pending = 0;
  for (let index = 0; index < text.length; index++) {
    const value = base32Values[text.charCodeAt(index)];
    if (value === undefined) {
      return undefined;
    }
    pending = (pending << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[offset++] = pending >>> bits;
    }
    pending &= (1 << bits) - 1;
  }
  // A spare character, or bits that no byte takes up, would be a second spelling of the same bytes.
  return bits < 5 && pending === 0 ? bytes : undefined;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function copyOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
