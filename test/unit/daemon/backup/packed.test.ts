import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../../../src/base/bytes.ts';
import { isKnownPath } from '../../../../src/daemon/backup/contents.ts';
import { type FileToPack, pack } from '../../../../src/daemon/backup/pack.ts';
import { unpack } from '../../../../src/daemon/backup/unpack.ts';
import { createHomeKeys } from '../../../../src/daemon/keys/key-file.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const { deviceId } = createHomeKeys((size) => new Uint8Array(size).fill(5)).device;
const about = { deviceId, createdAt: '2026-01-02T03:04:05.000Z', version: '1.2.3', store: 2 };

/** What is packed, in the clear. */
function packed(files: readonly FileToPack[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const contents = pack({ write: (bytes) => parts.push(bytes.slice()), end: () => undefined }, files, about, () => 0);
  expect(contents).toMatchObject(about);
  return concat(parts);
}

function unpacked(bytes: Uint8Array, portion = 1000): { files: Record<string, Uint8Array>; isWhole: boolean } {
  const files: Record<string, Uint8Array> = {};
  const chunks = Array.from({ length: Math.ceil(bytes.length / portion) }, (_, at) =>
    bytes.subarray(at * portion, (at + 1) * portion),
  );
  const into = (path: string) => ({
    write: (more: Uint8Array) => void (files[path] = concat([files[path] ?? new Uint8Array(0), more])),
    end: () => undefined,
  });
  return { files, isWhole: unpack(chunks, into, () => undefined) !== undefined };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const plain = packed([
  { path: 'keys/device.json', from: { bytes: utf8('keys') } },
  { path: 'config/config.toml', from: { bytes: utf8('{"path":"x"}\n') } },
]);

describe('38. files of a home, one after the other', () => {
  it('come back as they were, a large one and an empty one too', () => {
    const path = join(temporaryFolder(), 'large');
    const large = Uint8Array.from({ length: 700_001 }, (_, at) => at % 253);
    writeFileSync(path, large);
    closeSync(openSync(`${path}-empty`, 'wx'));
    const bytes = packed([
      { path: 'store.db', from: { file: path } },
      { path: 'config/engines.d/a.json', from: { file: `${path}-empty` } },
      { path: 'place-copies/b', from: { bytes: utf8('b') } },
    ]);
    const { files, isWhole } = unpacked(bytes, 65_536);
    expect(isWhole).toBe(true);
    expect(large.every((byte, at) => files['store.db']?.[at] === byte)).toBe(true);
    expect(files['store.db']?.length).toBe(large.length);
    expect(text(files['place-copies/b'] ?? new Uint8Array(0))).toBe('b');
  });

  it.each([
    ['as it is', plain, true],
    [
      'another content than it says at its end',
      utf8(text(plain).replace('keys"}', 'keys"}').replace('\nkeys', '\nkeyz')),
      false,
    ],
    ['no end', plain.subarray(0, plain.length - 1), false],
    ['more behind its end', concat([plain, utf8('x')]), false],
    [
      'a path that no home has',
      utf8(text(plain).replace('{"path":"config/config.toml"}', '{"path":"../evil"}')),
      false,
    ],
    [
      'one path twice',
      utf8(text(plain).replace('{"path":"config/config.toml"}', '{"path":"keys/device.json"}')),
      false,
    ],
    ['a size that is none', utf8(text(plain).replace('{"bytes":4}', '{"bytes":-4}')), false],
    ['nothing', new Uint8Array(0), false],
    ['an endless line', new Uint8Array(3 * 1024 * 1024).fill(32), false],
  ])('%s: %#', (_, bytes, isWhole) => {
    expect(unpacked(bytes, 65_536).isWhole).toBe(isWhole);
  });

  it.each([
    ['store.db', true],
    ['keys/device.json', true],
    ['config/config.toml', true],
    ['config/engines.d/books.json', true],
    ['place-copies/.bashrc.1', true],
    ['keys/api.token', false],
    ['config/engines.d/', false],
    ['config/engines.d/..', false],
    ['config/engines.d/../config.toml', false],
    ['config/engines.d/a/b', false],
    ['config/engines.d/a\\b', false],
    ['/etc/passwd', false],
    ['', false],
  ])('%j is a path of a home: %s', (path, isKnown) => {
    expect(isKnownPath(path)).toBe(isKnown);
  });
});
