import { openBatch } from '../../src/log/sealing.ts';
import { decodeBatch } from '../../src/log/header.ts';
import type { TestDevice } from './test-device.ts';

/** The records of a batch as who holds the key of its epoch reads them. */
export function openedBody({ disk }: TestDevice, bytes: Uint8Array): readonly Uint8Array[] {
  const decoded = decodeBatch(bytes);
  const key = decoded.ok && disk.scopes.epochKey(decoded.value.header.scopeId, decoded.value.header.epoch);
  const opened = decoded.ok && key ? openBatch(decoded.value, key) : undefined;
  if (opened?.ok !== true) {
    throw new Error('believed: the batch opens here');
  }
  return opened.value;
}
