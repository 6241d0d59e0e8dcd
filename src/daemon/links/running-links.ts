import type { ControlFault } from '../../api/ports/fault.ts';
import type { CollectionName } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { FolderSource } from '../../sources/folder-source.ts';

/** A linked folder at work. */
export interface RunningLink {
  readonly binding: CollectionBinding;
  readonly source: FolderSource;
  /** Nothing of it was published yet, because what the other devices ignore was not known. */
  awaitsExchange: boolean;
  /** What was noted of its files may be older than they are. */
  isDoubtful: boolean;
  /** From here on it is: nothing is published before all that a relay has is here. */
  doubt(): void;
}

/** By their roots. */
export type RunningLinks = Map<string, RunningLink>;

export function linkedAt(running: RunningLinks, root: string): Result<RunningLink, ControlFault> {
  const link = running.get(root);
  return link === undefined
    ? err({ kind: 'not_found', message: `${root} is not linked. See: sourcesync link ls` })
    : ok(link);
}

export function sourcesOf(running: RunningLinks, collection: CollectionName): readonly FolderSource[] {
  return [...running.values()].flatMap(({ binding, source }) =>
    binding.manifest.collection === collection ? [source] : [],
  );
}
