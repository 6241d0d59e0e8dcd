import type { RecordId } from '../../base/ids.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';

export interface LargeFileHere {
  readonly path: string;
  readonly list: Uint8Array;
}

/** Below this every file is read whole: tens of thousands of records are not opened for nothing. */
const leastLargeBytes = 512 * 1024;

/** Large files of a linked folder that are in step, as their records have them. */
export function* largeFilesHere(
  { links, records }: Pick<Store, 'links' | 'records'>,
  { manifest: { collection }, engine }: CollectionBinding,
  root: string,
): Generator<LargeFileHere> {
  for (const { path, hash, version, sizeBytes } of links.files(root)) {
    const mayBeLarge = hash !== null && sizeBytes >= leastLargeBytes;
    const row = mayBeLarge ? records.get(collection, path as RecordId) : undefined;
    const isInStep = row !== undefined && row !== 'damaged' && row.state === 'live' && row.version === version;
    const file = isInStep && row.fields !== null ? engine.files?.toFile(path, row.fields) : undefined;
    if (file?.chunked === true) {
      yield { path, list: file.bytes };
    }
  }
}
