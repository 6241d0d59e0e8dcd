import type { RecordId } from '../base/ids.ts';
import { type JsonObject, isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { VaultTable } from '../store/ground/port.ts';

const maximumLabelLength = 128;
const maximumValueBytes = 256 * 1024;

/** Secrets of this device. Values go in; what comes out is a description without them. */
export interface Vault {
  list(): readonly { readonly id: RecordId; readonly fields: JsonObject }[];
  describe(id: RecordId): JsonObject | undefined;
  /** Needs `label` and `value`, both text. Durable when it returns. */
  put(id: RecordId, fields: JsonObject): Result<JsonObject, string>;
  /** The value itself; undefined when there is none. */
  reveal(id: RecordId): string | undefined;
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
      const fault = faultOf(merged['label'], merged['value']);
      if (fault !== undefined) {
        return err(fault);
      }
      table.put(id, merged);
      return ok(withoutValue(merged));
    },
    reveal(id) {
      const stored = table.get(id);
      const value = isJsonObject(stored) ? stored['value'] : undefined;
      return typeof value === 'string' ? value : undefined;
    },
    remove: (id) => table.remove(id),
  };
}

function faultOf(label: string, value: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- a label stands in tables on a terminal
  if (label.length === 0 || label.length > maximumLabelLength || /[\u0000-\u001f\u007f-\u009f]/.test(label)) {
    return `A label has 1 to ${maximumLabelLength} characters, and no control characters.`;
  }
  if (value.length === 0) {
    return 'The value is empty. Nothing was changed.';
  }
  return Buffer.byteLength(value) > maximumValueBytes
    ? `The value has more than ${maximumValueBytes} bytes: a vault keeps secrets, not files.`
    : undefined;
}

function withoutValue(fields: JsonObject): JsonObject {
  const { value: _value, ...described } = fields;
  return described;
}
