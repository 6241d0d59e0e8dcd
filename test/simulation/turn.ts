import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import type { PatchOperation } from '../../src/contract/patch-operation.ts';
import type { Intent } from '../../src/contract/strategy.ts';
import type { Counters } from './counters.ts';
import type { Device } from './device.ts';
import type { Report } from './findings.ts';
import type { Governance } from './governance.ts';
import type { Process } from './process.ts';
import type { Random } from './random.ts';

/** Every secret of a workload holds this, so that it is found wherever it should not be. */
export const canaryMark = 'canary';

/** Names of everything a workload writes; each value is written once, so that where it turns up tells who wrote it. */
export interface Ledger {
  /** Secrets given to vaults, or tried where they may not go. */
  readonly canaries: string[];
  /** Held items that somebody dropped: what only some devices let in. */
  readonly dropped: Set<string>;
  readonly released: Set<string>;
  /** What every token begins with: another one makes other plaintext of the same shape. */
  readonly letter: string;
  nextToken: number;
}

export function createLedger(letter: string): Ledger {
  return { canaries: [], dropped: new Set(), released: new Set(), letter, nextToken: 1 };
}

export interface Turn {
  readonly device: Device;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly counters: Counters;
  readonly governance: Governance | undefined;
  /** True time, in milliseconds. */
  readonly nowMs: number;
  readonly report: Report;
}

/** True when it was done, false when it was refused or there was nothing to do it with. */
export type Operation<T extends Turn = Turn> = (process: Process, turn: T) => boolean;

export function write(process: Process, collection: string, id: string, intent: Intent): boolean {
  return process.replica.edit(collection as CollectionName, [writeOf(id, intent)])[0]?.ok === true;
}

export function writeOf(id: string, intent: Intent): { readonly id: RecordId; readonly intent: Intent } {
  return { id: id as RecordId, intent };
}

/** Mostly a record that is live here, so that there is something to change. */
export function liveId(process: Process, collection: string, { random }: Turn, names: readonly string[]): string {
  const { records } = process.store.store;
  const live = records.list(collection as CollectionName, { cursor: null, limit: 100 }, 'live').items;
  return live.length > 0 && random.chance(0.9) ? random.pick(live).id : random.pick(names);
}

export function patch(
  process: Process,
  collection: string,
  id: string,
  operations: readonly PatchOperation[],
): boolean {
  const row = process.store.store.records.get(collection as CollectionName, id as RecordId);
  const needsProps = operations.some(({ path }) => path.startsWith('/props/'));
  if (row === undefined || row === 'damaged' || (needsProps && row.fields?.['props'] === undefined)) {
    return false;
  }
  return write(process, collection, id, { kind: 'patch', patch: operations });
}

export function token({ ledger }: Turn): string {
  return `${ledger.letter}${ledger.nextToken++}`;
}

export function canary({ ledger }: Turn): string {
  const value = `${canaryMark}-${ledger.nextToken++}-7f3a9c`;
  ledger.canaries.push(value);
  return value;
}
