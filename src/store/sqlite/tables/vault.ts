import type { RecordId } from '../../../base/ids.ts';
import type { JsonValue } from '../../../base/json.ts';
import type { VaultTable } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import { createKeyedTable, jsonPayload, valueOfPayload } from '../base/keyed-table.ts';

type Secret = readonly [RecordId, JsonValue];

export function createVault(context: Context): VaultTable {
  const { lookup } = context;
  const secrets = createKeyedTable(context, 'vault');
  const hashOf = (id: RecordId): Uint8Array => lookup('vault', id);

  return {
    get(id) {
      const stored = secrets.find(hashOf(id));
      const payload = stored && secrets.open(stored);
      const secret = payload && valueOfPayload<Secret>(payload);
      return secret?.[0] === id ? secret[1] : undefined;
    },
    put(id, value) {
      secrets.put(hashOf(id), jsonPayload([id, value] satisfies Secret));
    },
    remove: (id) => secrets.remove(hashOf(id)),
    list: () => secrets.all().map((payload) => valueOfPayload<Secret>(payload)[0]),
  };
}
