import type { CollectionBinding } from '../../replica/port.ts';
import type { ApiDeps } from '../port.ts';
import { absentRecordBody } from '../bodies.ts';
import type { RecordBody } from '../types.ts';

/** True where values live in the vault of this device and nowhere else. */
export function isVault(binding: CollectionBinding): boolean {
  return binding.manifest.mergeStrategy === 'never_merge';
}

/** The vault's records as descriptions: labels and kinds, never values. */
export function vaultRecords(deps: ApiDeps, binding: CollectionBinding): readonly RecordBody[] {
  return deps.vault.list().map(({ id, fields }) => ({
    ...absentRecordBody(binding.manifest.collection, id),
    state: 'live',
    fields,
    deviceId: deps.replica.self,
  }));
}
