import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../../../src/base/bytes.ts';
import { headerBytes, parseHeader } from '../../../../src/daemon/backup/header.ts';
import { chunkSizeBytes, createSealedWriter, openChunks } from '../../../../src/daemon/backup/sealed-stream.ts';

import { writeWhole } from '../../../../src/daemon/ground/write-whole.ts';

const root = mkdtempSync(join(tmpdir(), 'ss-sealed-'));
let files = 0;
const newPath = (): string => join(root, String(files++));

afterAll(() => {
  rmSync(root, { recursive: true });
});

const key = new Uint8Array(32).fill(7);
const cost = { memoryBytes: 64 * 1024 * 1024, operations: 3 };
const header = headerBytes({ cost, salt: new Uint8Array(16).fill(3) });

function sealed(plaintext: Uint8Array, portion = 10_000): Uint8Array {
  const path = newPath();
  const file = openSync(path, 'wx');
  writeWhole(file, header);
  const writer = createSealedWriter(file, key, header);
  for (let at = 0; at < plaintext.length; at += portion) {
    writer.write(plaintext.subarray(at, at + portion));
  }
  writer.end();
  closeSync(file);
  return new Uint8Array(readFileSync(path));
}

/** Undefined where a chunk does not open. */
function opened(bytes: Uint8Array, about = header): Uint8Array | undefined {
  const path = newPath();
  writeFileSync(path, bytes);
  const file = openSync(path, 'r');
  const chunks = [...openChunks(file, header.length, key, about)];
  closeSync(file);
  const whole = chunks.filter((chunk) => chunk !== undefined);
  return whole.length === chunks.length ? concat(whole) : undefined;
}

const isEqual = (left: Uint8Array | undefined, right: Uint8Array): boolean =>
  left !== undefined && Buffer.compare(left, right) === 0;
const bytesOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251);
const chunk = chunkSizeBytes + 16;
const three = sealed(bytesOf(2 * chunkSizeBytes + 500));
const changed = (at: number): Uint8Array => {
  const copy = three.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const body = header.length;

describe('37. what is sealed opens as it was, and nothing else does', () => {
  it.each([0, 1, chunkSizeBytes - 1, chunkSizeBytes, chunkSizeBytes + 1, 3 * chunkSizeBytes])('%i bytes', (size) => {
    expect(isEqual(opened(sealed(bytesOf(size))), bytesOf(size))).toBe(true);
  });

  it('the same bytes whatever the portions they come in', () => {
    expect(isEqual(sealed(bytesOf(100_000), 7), sealed(bytesOf(100_000), 100_000))).toBe(true);
  });

  it.each([
    ['a flipped bit at the beginning', changed(body)],
    ['a flipped bit in the middle', changed(body + chunk + 9)],
    ['a flipped bit at the end', changed(three.length - 1)],
    ['the last chunk cut off', three.subarray(0, body + 2 * chunk)],
    ['cut in the middle of a chunk', three.subarray(0, body + chunk + 100)],
    ['everything cut off', three.subarray(0, body)],
    ['a byte more', concat([three, new Uint8Array(1)])],
    [
      'two chunks swapped',
      concat([
        header,
        three.subarray(body + chunk, body + 2 * chunk),
        three.subarray(body, body + chunk),
        three.subarray(body + 2 * chunk),
      ]),
    ],
    ['a chunk twice', concat([three.subarray(0, body + chunk), three.subarray(body)])],
  ])('%s', (_, bytes) => {
    expect(opened(bytes)).toBeUndefined();
  });

  it('beside another first line', () => {
    const other = headerBytes({ cost, salt: new Uint8Array(16).fill(4) });
    expect(opened(three, other)).toBeUndefined();
  });
});

describe('37. the first line', () => {
  const line = new TextDecoder().decode(header.subarray(0, -1));

  it('is canonical JSON, and says how the key is had', () => {
    expect(line).toBe(
      '{"format":"sourcesync-backup","protection":{"algorithm":"argon2id13","kind":"passphrase","memoryBytes":67108864,"operations":3,"salt":"AwMDAwMDAwMDAwMDAwMDAw"},"version":1}',
    );
    expect(parseHeader(utf8(line))).toEqual({ ok: true, value: { cost, salt: new Uint8Array(16).fill(3) } });
  });

  it.each([
    ['', 'foreign'],
    ['not json', 'foreign'],
    [line.replace('sourcesync-backup', 'other'), 'foreign'],
    [line.replace('"version":1', '"version":0'), 'foreign'],
    [line.replace('"version":1', '"version":2'), 'newer'],
    [line.replace('67108864', '65536'), 'weakened'],
    [line.replace('67108864', '6710886400'), 'weakened'],
    [line.replace('argon2id13', 'none'), 'foreign'],
    [line.replace('AwMD', ''), 'foreign'],
    [line.replace('{"format"', '{"extra":1,"format"'), 'foreign'],
  ])('%j is %s', (text, fault) => {
    expect(parseHeader(utf8(text))).toEqual({ ok: false, error: fault });
  });
});
