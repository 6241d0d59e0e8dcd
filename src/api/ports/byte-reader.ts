import { textFromUtf8 } from '../../base/bytes.ts';

/** Reads the encoding of lib0, in which Yjs and its protocols write. Undefined where the bytes end or make no sense. */
export interface ByteReader {
  readonly isAtEnd: boolean;
  /** A whole number below 2^53, seven bits to a byte, lowest first. */
  number(): number | undefined;
  /** Bytes behind their number: a view, made without room for what is only claimed. */
  bytes(): Uint8Array | undefined;
  text(): string | undefined;
}

export function createByteReader(source: Uint8Array): ByteReader {
  let position = 0;

  function number(): number | undefined {
    let value = 0;
    for (let scale = 1; scale <= Number.MAX_SAFE_INTEGER; scale *= 128) {
      const byte = source[position++];
      if (byte === undefined) {
        return undefined;
      }
      value += (byte % 128) * scale;
      if (byte < 128) {
        return Number.isSafeInteger(value) ? value : undefined;
      }
    }
    return undefined;
  }

  function bytes(): Uint8Array | undefined {
    const sizeBytes = number();
    if (sizeBytes === undefined || sizeBytes > source.length - position) {
      return undefined;
    }
    position += sizeBytes;
    return source.subarray(position - sizeBytes, position);
  }

  return {
    get isAtEnd() {
      return position === source.length;
    },
    number,
    bytes,
    text() {
      const read = bytes();
      return read === undefined ? undefined : textFromUtf8(read);
    },
  };
}

/** A number as {@link ByteReader.number} reads it. */
export function numberBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push(128 + (rest % 128));
  }
  return Uint8Array.from([...bytes, rest]);
}

/** Bytes behind their number. */
export function sizedBytes(content: Uint8Array): readonly Uint8Array[] {
  return [numberBytes(content.length), content];
}
