import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import type { RecordRow } from '../../contract/record.ts';

/** The merged state where the live view lacks what waits for approval; undefined where they are the same. */
export function mergedOf(row: RecordRow | undefined): JsonObject | undefined {
  const state: JsonValue = row?.strategyState ?? null;
  const merged = isJsonObject(state) ? state['merged'] : undefined;
  return merged !== undefined && isJsonObject(merged) ? merged : undefined;
}
