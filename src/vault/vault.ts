import type { RecordId } from '../base/ids.ts';
import { type JsonObject, isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { VaultTable } from '../store/port.ts';

/** Secrets of this device. Values go in; what comes out is a description without them. */
export interface Vault {
  list(): readonly { readonly id: RecordId; readonly fields: JsonObject }[];
  describe(id: RecordId): JsonObject | undefined;
  /** Needs `label` and `value`, both text. Durable when it returns. */
  put(id: RecordId, fields: JsonObject): Result<JsonObject, string>;
  remove(id: RecordId): boolean;
}

export function createVault(table: VaultTable): Vault {
  function describe(id: RecordId): JsonObject | undefined {
    const stored = table.get(id);
    return isJsonObject(stored) ? withoutValue(stored) : undefined;
  }

  return {
    describe,
    list: () =>
      table.list().flatMap((id) => {
        const fields = describe(id);
        return fields === undefined ? [] : [{ id, fields }];
      }),
    put(id, fields) {
      const before = table.get(id);
      const merged = { ...(isJsonObject(before) ? before : {}), ...fields };
      if (typeof merged['label'] !== 'string' || typeof merged['value'] !== 'string') {
        return err('A secret needs a label and a value, both text.');
      }
      table.put(id, merged);
      return ok(withoutValue(merged));
    },
    remove: (id) => table.remove(id),
  };
}

function withoutValue(fields: JsonObject): JsonObject {
  const { value: _value, ...described } = fields;
  return described;
}
