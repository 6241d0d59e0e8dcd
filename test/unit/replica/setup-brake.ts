import { expect } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ReviewItem } from '../../../src/contract/review.ts';
import type { Write } from '../../../src/replica/names/write.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

export const workspace = 'workspace' as CollectionName;
export const presence = 'presence' as CollectionName;

/** Long enough for what came before to be no past any more. */
export const laterMs: number = 3 * 3_600_000;

/** Two devices that both have so many records, long since. */
export function filledPair(records: number, collection: CollectionName = workspace): Pair {
  const pair = setupPair();
  fill(pair.a, records, collection);
  pair.exchange();
  pair.clock.nowMs += laterMs;
  return pair;
}

export function fill(device: TestDevice, records: number, collection: CollectionName = workspace): void {
  edit(device, range(records), (index) => ({ kind: 'put', fields: fieldsOf(collection, index) }), collection);
}

export function removeAll(device: TestDevice, from: number, to: number, collection: CollectionName = workspace): void {
  edit(device, range(to).slice(from), () => ({ kind: 'remove' }), collection);
}

/** Writes something else altogether over records. */
export function replaceAll(device: TestDevice, from: number, to: number, word = 'zq'): void {
  edit(device, range(to).slice(from), (index) => ({ kind: 'put', fields: textOf(otherText(index, word)) }), presence);
}

/** Writes as others see them: whatever this device's own brake says of them was decided. */
export function edit(
  device: TestDevice,
  indexes: readonly number[],
  intentOf: (index: number) => Write['intent'],
  collection: CollectionName = workspace,
): void {
  const writes = indexes.map((index) => ({ id: idOf(index), intent: intentOf(index) }));
  for (const result of device.replica.edit(collection, writes, true)) {
    expect(result).toMatchObject({ ok: true });
  }
}

export function idOf(index: number): RecordId {
  return `r${index}` as RecordId;
}

export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export function fieldsOf(collection: CollectionName, index: number): JsonObject {
  return collection === presence ? textOf(longText(index)) : task(`t${index}`);
}

export function task(title: string): JsonObject {
  return { kind: 'task', title };
}

export function textOf(text: string): JsonObject {
  return { kind: 'note', text };
}

/** Twenty lines that no other record has. */
export function longText(index: number): string {
  return range(20)
    .map((line) => `note ${index} line ${line} says word${index * line}\n`)
    .join('');
}

export function otherText(index: number, word: string): string {
  return range(20)
    .map((line) => `${word}${index}${line} ${word}x${line}${index}\n`)
    .join('');
}

export function liveOn(device: TestDevice, collection: CollectionName = workspace): number {
  return device.disk.records.counts(collection).live;
}

export function brakesOn(device: TestDevice): readonly ReviewItem[] {
  return device.reviews().filter(({ kind }) => kind === 'brake');
}

export function brakeOn(device: TestDevice): ReviewItem {
  const items = brakesOn(device);
  expect(items).toHaveLength(1);
  return items[0] as ReviewItem;
}

export function toldOf(device: TestDevice, type: string): number {
  return device.events.filter((event) => event.type === type).length;
}
