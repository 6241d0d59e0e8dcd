import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { base32FromBytes } from '../../src/base/bytes.ts';
import { bytesFromScopeId, scopeIdFromBytes } from '../../src/base/ids.ts';
import { createFileChunks } from '../../src/relay/chunks/file-chunks.ts';
import { createMemoryChunks } from '../../src/relay/chunks/memory-chunks.ts';
import { chunkOf, chunkStoreContract } from './chunk-store.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'relay-chunks-'));
const scope = scopeIdFromBytes(new Uint8Array(32).fill(1));
const scopeFolder = base32FromBytes(bytesFromScopeId(scope));
let roots = 0;

afterAll(() => rmSync(folder, { recursive: true }));

const newRoot = (): string => join(folder, `${roots++}`);

chunkStoreContract('memory', () => ({ store: createMemoryChunks() }));
chunkStoreContract('files', () => {
  const root = newRoot();
  return { store: createFileChunks(root), reopen: () => createFileChunks(root) };
});

describe('store of chunks: files', () => {
  const chunk = chunkOf(5000, 7);

  it('19 what a crash left unfinished is no chunk, and is gone once the folder is opened', async () => {
    const root = newRoot();
    await createFileChunks(root).keep(scope, [chunk], 1000);
    const part = join(root, scopeFolder, '3.part');
    writeFileSync(part, 'half');
    const again = createFileChunks(root);
    expect(await again.sizeBytes(scope)).toBe(5000);
    expect(existsSync(part)).toBe(false);
    expect(readdirSync(join(root, scopeFolder))).toEqual([chunk.address]);
  });

  it('21 a chunk that the disk did not keep is not handed out, and can be brought again', async () => {
    const root = newRoot();
    const store = createFileChunks(root);
    await store.keep(scope, [chunk], 1000);
    const place = join(root, scopeFolder, chunk.address);
    const damaged = readFileSync(place);
    damaged[100] = (damaged[100] as number) ^ 1;
    writeFileSync(place, damaged);
    expect(await store.read(scope, chunk.address)).toBeUndefined();
    expect(await store.held(scope, [chunk.address])).toEqual([false]);
    expect(await store.sizeBytes(scope)).toBe(0);
    await store.keep(scope, [chunk], 2000);
    expect(await store.read(scope, chunk.address).then((found) => found && new Uint8Array(found))).toEqual(
      chunk.sealed,
    );
  });

  it('19 says how much the disk has free', async () => {
    expect(await createFileChunks(newRoot()).freeBytes()).toBeGreaterThan(0);
  });

  it.skipIf(process.getuid?.() === 0)(
    '21 a disk that takes nothing is an error, and works again once it does',
    async () => {
      const root = newRoot();
      const store = createFileChunks(root);
      await store.keep(scope, [chunk], 1000);
      chmodSync(join(root, scopeFolder), 0o500);
      await expect(store.keep(scope, [chunkOf(100, 8)], 1000)).rejects.toThrow('EACCES');
      chmodSync(join(root, scopeFolder), 0o700);
      await store.keep(scope, [chunkOf(100, 8)], 1000);
      expect(await store.sizeBytes(scope)).toBe(5100);
    },
  );

  it('21 a folder that cannot be made is an error, and is tried again', async () => {
    const root = newRoot();
    writeFileSync(root, 'a file where the folder should be');
    const store = createFileChunks(root);
    await expect(store.keep(scope, [chunk], 1000)).rejects.toThrow('ENOTDIR');
    rmSync(root);
    await store.keep(scope, [chunk], 1000);
    expect(await store.held(scope, [chunk.address])).toEqual([true]);
  });
});
