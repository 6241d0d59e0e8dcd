import { viewOf } from '../../../base/bytes.ts';

/** Writes one payload at a time into memory that is used again; `finish` gives a view that lives until the next start. */
export interface Writer {
  start(): void;
  byte(value: number): void;
  /** A number from 0 to 2^53 - 1, seven bits a byte, lowest first. */
  number(value: number): void;
  raw(bytes: Uint8Array): void;
  bytes(bytes: Uint8Array): void;
  text(text: string): void;
  /** Text up to the end of the payload. */
  rest(text: string): void;
  finish(): Uint8Array;
}

export function createWriter(): Writer {
  let buffer = Buffer.allocUnsafe(64 * 1024);
  let length = 0;

  function reserve(sizeBytes: number): void {
    if (length + sizeBytes > buffer.length) {
      const larger = Buffer.allocUnsafe(2 * (length + sizeBytes));
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    }
  }

  const writer: Writer = {
    start() {
      length = 0;
    },
    byte(value) {
      reserve(1);
      buffer[length++] = value;
    },
    number(value) {
      reserve(8);
      let left = value;
      while (left >= 128) {
        buffer[length++] = (left % 128) + 128;
        left = Math.floor(left / 128);
      }
      buffer[length++] = left;
    },
    raw(bytes) {
      reserve(bytes.length);
      buffer.set(bytes, length);
      length += bytes.length;
    },
    bytes(bytes) {
      writer.number(bytes.length);
      writer.raw(bytes);
    },
    text(text) {
      writer.number(Buffer.byteLength(text));
      writer.rest(text);
    },
    rest(text) {
      reserve(3 * text.length);
      length += buffer.write(text, length);
    },
    finish: () => buffer.subarray(0, length),
  };
  return writer;
}

/** Reads what a {@link Writer} wrote; the seal has proven that it is that. */
export interface Reader {
  byte(): number;
  number(): number;
  raw(sizeBytes: number): Uint8Array;
  bytes(): Uint8Array;
  text(): string;
  rest(): string;
  atEnd(): boolean;
}

export function createReader(payload: Uint8Array): Reader {
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const view = viewOf(payload);
  let offset = 0;

  const reader: Reader = {
    byte: () => view.getUint8(offset++),
    number() {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = view.getUint8(offset++);
        value += (byte % 128) * factor;
        if (byte < 128) {
          return value;
        }
      }
    },
    raw(sizeBytes) {
      const bytes = buffer.subarray(offset, offset + sizeBytes);
      offset += sizeBytes;
      return bytes;
    },
    bytes: () => new Uint8Array(reader.raw(reader.number())),
    text() {
      const sizeBytes = reader.number();
      const text = buffer.toString('utf8', offset, offset + sizeBytes);
      offset += sizeBytes;
      return text;
    },
    rest: () => buffer.toString('utf8', offset),
    atEnd: () => offset === buffer.length,
  };
  return reader;
}
