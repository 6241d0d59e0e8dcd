import { assert } from '../../../base/assert.ts';
import type { LinkRow, LinkTable, LinkedFile } from '../../ground/link-table.ts';
import type { Context } from '../base/context.ts';
import { type StoredRow, createKeyedTable, jsonPayload, valueOfPayload } from '../base/keyed-table.ts';

export function createLinks(context: Context): LinkTable {
  const { database, transactions, lookup } = context;
  const links = createKeyedTable(context, 'link');
  const files = createKeyedTable(context, 'linked_file', ['link']);
  const filesOf = database.prepare<[number], StoredRow>(
    'select row, version, payload from linked_file where link = ? order by row',
  );
  const forget = database.prepare('delete from linked_file where link = ?');
  const linkOf = (root: string): number | undefined => links.find(lookup('link', root))?.row;
  const fileHash = (root: string, path: string): Uint8Array => lookup('file', root, path);

  function fileOf(stored: StoredRow | undefined): LinkedFile | undefined {
    const payload = stored && files.open(stored);
    return payload && valueOfPayload<LinkedFile>(payload);
  }

  return {
    list: () => links.all().map((payload) => valueOfPayload<LinkRow>(payload)),
    put(link) {
      links.put(lookup('link', link.root), jsonPayload(link));
    },
    remove(root) {
      transactions.run(() => {
        const link = linkOf(root);
        if (link !== undefined) {
          forget.run(link);
          links.remove(lookup('link', root));
        }
      });
    },
    files(root) {
      const link = linkOf(root);
      return (link === undefined ? [] : filesOf.all(link)).flatMap((stored) => fileOf(stored) ?? []);
    },
    file(root, path) {
      const file = fileOf(files.find(fileHash(root, path)));
      return file?.path === path ? file : undefined;
    },
    putFile(root, file) {
      transactions.run(() => {
        const link = linkOf(root);
        assert(link !== undefined, 'a file belongs to a link that is there');
        files.put(fileHash(root, file.path), jsonPayload(file), link);
      });
    },
    removeFile(root, path) {
      files.remove(fileHash(root, path));
    },
  };
}
