import { pagesOf } from '../../base/pages.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Core } from '../kernel/core.ts';
import type { CollectionBinding } from '../names/binding.ts';

interface RecordPage {
  readonly binding: CollectionBinding;
  readonly rows: readonly RecordRow[];
}

/** Every record that is whole, collection by collection, so many at once. */
export function* recordPages(core: Pick<Core, 'store' | 'rules'>, limit: number): Generator<RecordPage, undefined> {
  for (const binding of core.rules.bindings.all()) {
    const { collection } = binding.manifest;
    for (const { items } of pagesOf((cursor) => core.store.records.list(collection, { cursor, limit }))) {
      yield { binding, rows: items };
    }
  }
}
