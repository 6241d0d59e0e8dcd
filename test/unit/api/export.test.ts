import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import { encodeChunkList } from '../../../src/contract/chunk-list.ts';
import { filled } from '../blobs/setup.ts';
import { setupApi } from './setup-api.ts';

describe('E1. what may leave as plain text', () => {
  it('every collection is named with its schema, and the vault with why it is left out', async () => {
    const { call } = setupApi();
    const { items } = (await call('GET', '/v1/export')).json() as {
      items: { collection: string; leftOut: string | null; schema: object }[];
    };
    const leftOut = items.filter((one) => one.leftOut !== null).map(({ collection }) => collection);
    expect(leftOut).toEqual(['secrets']);
    expect(items.find(({ collection }) => collection === 'notes')).toMatchObject({
      ...{ engineId: 'sourceos.sync.notes', schemaVersion: '0.1.0', live: 0 },
      schema: { properties: { text: { 'x-merge': 'text' } } },
    });
  });

  it('records of one that says so are not given, whoever asks', async () => {
    const { call, a } = setupApi();
    const notes = a.bindings.ofCollection('notes');
    Object.assign(notes?.manifest as object, { supportsExport: false });
    try {
      const refused = await call('GET', '/v1/collections/notes/export');
      expect([refused.statusCode, refused.json()]).toEqual([
        403,
        expect.objectContaining({ detail: expect.stringContaining('supportsExport'), reasonCode: 'policy_denied' }),
      ]);
      const { items } = (await call('GET', '/v1/export')).json() as { items: { leftOut: string | null }[] };
      expect(items.filter(({ leftOut }) => leftOut?.includes('supportsExport') === true)).toHaveLength(1);
    } finally {
      Object.assign(notes?.manifest as object, { supportsExport: true });
    }
    expect((await call('GET', '/v1/collections/secrets/export')).statusCode).toBe(403);
    expect((await call('GET', '/v1/collections/none/export')).statusCode).toBe(404);
    expect((await call('GET', '/v1/collections/notes/export?limit=0')).statusCode).toBe(400);
    expect((await call('GET', '/v1/collections/NO!/export')).statusCode).toBe(404);
  });

  it('a large file says why its bytes are left out, and is the list of its chunks', async () => {
    const { call } = setupApi();
    const chunks = [{ id: filled(1), address: filled(2), sizeBytes: 7 }];
    const list = encodeChunkList({ keyEpoch: 1, sizeBytes: 7, sha256: filled(3), chunks });
    const fields = { kind: 'note', chunked: Buffer.from(list).toString('base64') };
    expect((await call('PUT', '/v1/collections/notes/records/photo.raw', fields)).statusCode).toBe(200);
    const [photo] = (await call('GET', '/v1/collections/notes/export')).json().items;
    expect(photo).toMatchObject({ id: 'photo.raw', fields, leftOut: expect.stringContaining('in the linked folder') });
    expect(photo).not.toHaveProperty('file');
  });

  it('live records come in pages, with the file that one is', async () => {
    const { call, a } = setupApi();
    const put = async (collection: string, id: string, fields: object): Promise<unknown> =>
      (await call('PUT', `/v1/collections/${collection}/records/${id}`, fields)).json();
    await put('notes', 'one.md', { kind: 'note', text: 'one\n' });
    await put('notes', 'two.md', { kind: 'note', text: 'two\n' });
    await put('notes', 'gone.md', { kind: 'note', text: 'gone\n' });
    await call('DELETE', '/v1/collections/notes/records/gone.md');
    await put('workspace', 'w', { kind: 'task', title: 'w' });
    const first = (await call('GET', '/v1/collections/notes/export?limit=1')).json();
    expect(first).toMatchObject({
      items: [
        {
          ...{ id: 'one.md', fields: { text: 'one\n' }, managedBy: 'user', updatedAt: expect.any(String) },
          file: { bytes: Buffer.from('one\n').toString('base64'), executable: false, symlink: false },
        },
      ],
      damaged: 0,
    });
    const rest = (await call('GET', `/v1/collections/notes/export?cursor=${first.nextCursor as string}`)).json();
    expect(rest.items.map(({ id }: { id: string }) => id)).toEqual(['two.md']);
    const [task] = (await call('GET', '/v1/collections/workspace/export')).json().items;
    expect(task).not.toHaveProperty('file');
    expect(a.disk.records.list('notes' as CollectionName, { cursor: null, limit: 9 }).items).toHaveLength(3);
  });
});
