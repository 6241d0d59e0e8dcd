import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { WriteResult } from '../../../src/replica/names/write.ts';
import type { RollbackTarget } from '../../../src/replica/edit/rollback.ts';
import type { Place, TestDevice } from '../../helpers/test-device.ts';

export const node = ['workspace', 'w'] as const;

export const task = (n: number): JsonObject => ({ kind: 'task', title: `title ${n}`, props: { n, deep: { of: [n] } } });

export function back(
  device: TestDevice,
  [collection, id]: Place,
  target: RollbackTarget,
  more: object = {},
): WriteResult {
  const request = { id: id as RecordId, target, ...more };
  return device.replica.rollback(collection as CollectionName, [request])[0] as WriteResult;
}

export function messageOf(result: WriteResult): string {
  return result.ok ? 'it was done' : result.error.message;
}
