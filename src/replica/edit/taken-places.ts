import { pagesOf } from '../../base/pages.ts';
import type { RecordId } from '../../base/ids.ts';
import type { CollectionBinding } from '../names/binding.ts';
import type { Store } from '../../store/ground/port.ts';

/**
 * Whether something that is live stands where a record was: a folder where it was a file, or a file where its folder was.
 * The two cannot both be on a disk. Asked for the first time it looks at every live record.
 */
export function takenPlaces(
  store: Pick<Store, 'records'>,
  { manifest, engine }: CollectionBinding,
): (id: RecordId) => boolean {
  let known: { readonly files: ReadonlySet<string>; readonly folders: ReadonlySet<string> } | undefined;
  const look = (): NonNullable<typeof known> => {
    const files = new Set<string>();
    const { collection } = manifest;
    for (const { items } of pagesOf((cursor) => store.records.list(collection, { cursor, limit: 500 }, 'live'))) {
      items.forEach(({ id }) => files.add(id));
    }
    return { files, folders: new Set([...files].flatMap(foldersOf)) };
  };
  return (id) => {
    if (engine.files === undefined) {
      return false;
    }
    known ??= look();
    const { files, folders } = known;
    return folders.has(id) || foldersOf(id).some((folder) => files.has(folder));
  };
}

function foldersOf(path: string): readonly string[] {
  const names = path.split('/');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
}
