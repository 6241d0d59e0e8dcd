import { type JsonValue, isJsonObject } from '../../base/json.ts';

/** A file that comes or goes, without what its head says already: that it is a file, and what it is called. */
export function ownContent(value: JsonValue | undefined, recordId: string): JsonValue | undefined {
  if (!isJsonObject(value) || value['kind'] !== 'file') {
    return value;
  }
  const names: readonly JsonValue[] = [recordId, recordId.slice(recordId.lastIndexOf('/') + 1)];
  return Object.fromEntries(
    Object.entries(value).filter(
      ([name, member]) => name !== 'kind' && !((name === 'name' || name === 'path') && names.includes(member)),
    ),
  );
}
