import { canonicalText } from '../../src/base/canonical-json.ts';
import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import { majorOf } from '../../src/contract/schema-version.ts';
import type { Governance } from './governance.ts';
import { rowsOf } from './state-hash.ts';
import { type Operation, type Turn, token } from './turn.ts';
import type { Device } from './device.ts';

/** A turn in a world where policy, brakes, owners and leases govern. */
export interface GovernedTurn extends Turn {
  readonly governance: Governance;
}

export type GovernedOperation = Operation<GovernedTurn>;

/** What the device's own clock says, in milliseconds. */
export function clockOf({ device, nowMs }: Pick<Turn, 'device' | 'nowMs'>): number {
  return Math.floor(nowMs + device.skewMs);
}

/** A row past the process, so that looking at it fails no disk. */
export function rowAt({ disk }: Device, collection: string, id: string): RecordRow | undefined {
  const row = disk.records.get(collection as CollectionName, id as RecordId);
  return row === 'damaged' ? undefined : row;
}

export function liveRows({ disk }: Device, collection: string): readonly RecordRow[] {
  return rowsOf(disk, collection as CollectionName).filter(({ state }) => state === 'live');
}

/** What is live of a record, as canonical text; `nothing` where nothing is. */
export function liveText(row: RecordRow | undefined): string {
  return row?.state === 'live' && row.fields !== null ? canonicalText(row.fields) : 'nothing';
}

/** The major of the recipes engine that runs on a device. */
export function recipesMajor(device: Device): number | undefined {
  return majorOf(device.bindingOf('recipes').manifest.schemaVersion);
}

/** A recipe as the engine of this device has it, with a field that neither version knows. */
export function recipeOf(turn: GovernedTurn): JsonObject {
  const [text, chef, minutes] = [token(turn), token(turn), turn.random.below(60)];
  return recipesMajor(turn.device) === 1 ? { name: text, minutes, chef } : { title: text, duration: { minutes }, chef };
}
